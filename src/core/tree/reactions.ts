/** What a listener may tap. */
export const REACTIONS = ["clap", "heart", "laugh", "wow", "yes", "no"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** How often each was tapped. */
export type Reactions = Readonly<Partial<Record<Reaction, number>>>;

/** True of a reaction's word. */
export function isReaction(said: unknown): said is Reaction {
  return REACTIONS.some((one) => one === said);
}
