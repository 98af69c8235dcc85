import { isCount, isFields } from "../../json.ts";

/** What a listener may tap. */
export const REACTIONS = ["clap", "heart", "laugh", "wow", "yes", "no"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** How often each was tapped. */
export type Reactions = Readonly<Partial<Record<Reaction, number>>>;

/** Nothing was tapped. */
export const NO_REACTIONS: Reactions = {};

/** True of a reaction's word. */
export function isReaction(said: unknown): said is Reaction {
  return REACTIONS.some((one) => one === said);
}

/** The only door for counts of reactions; undefined if anything in them is none. */
export function parseReactions(said: unknown): Reactions | undefined {
  if (!isFields(said)) return undefined;
  const counts: Partial<Record<Reaction, number>> = {};
  for (const [reaction, count] of Object.entries(said)) {
    if (!isReaction(reaction) || !isCount(count)) return undefined;
    counts[reaction] = count;
  }
  return counts;
}

/** True if nothing was tapped: so of nearly every report. */
export function isNone(counts: Reactions): boolean {
  for (const _ in counts) return false;
  return true;
}

/** Two counts as one. */
export function addReactions(one: Reactions, other: Reactions): Reactions {
  if (isNone(other)) return one;
  const counts: Partial<Record<Reaction, number>> = {};
  for (const reaction of REACTIONS) {
    const sum = (one[reaction] ?? 0) + (other[reaction] ?? 0);
    if (sum > 0) counts[reaction] = sum;
  }
  return counts;
}

/** What was tapped since `before` was the count; a count that is lower than before began anew, and is all of it new. */
export function reactionsSince(before: Reactions, counts: Reactions): Reactions {
  if (isNone(counts)) return NO_REACTIONS;
  const since: Partial<Record<Reaction, number>> = {};
  for (const reaction of REACTIONS) {
    const [was, is] = [before[reaction] ?? 0, counts[reaction] ?? 0];
    const more = is < was ? is : is - was;
    if (more > 0) since[reaction] = more;
  }
  return since;
}
