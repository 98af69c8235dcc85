import type { SessionId } from "../ids.ts";

/**
 * What a listener wants of the room's people, on its way up the tree: a hand raised or lowered, or a question.
 *
 * Leaves and relays keep a fair, bounded sample of them: those with the least `luck`. So 100,000 askers cost what 100 do.
 */
export type Ask = {
  /** Tells one ask from another, so that one that comes twice is heard once. */
  readonly id: string;
  readonly kind: "hand" | "lower" | "question";
  readonly session: SessionId;
  /** What the listener calls himself. */
  readonly name: string;
  /** The question; empty for a hand. */
  readonly text: string;
  /** 0 to 1, drawn by the leaf; the least are kept. */
  readonly luck: number;
};
