import type { Hearing } from "./hearing.ts";

/** A leaf that takes a question says nothing, and one that does not says so at once: after this, in ms, it is on its way. */
const TAKEN_MS = 1_000;

/** What became of a question that was just sent. */
export class SentQuestion {
  readonly #sentAt: number;
  readonly #refused: Hearing["refused"];

  /** @param hearing what was known when it was sent */
  constructor(hearing: Pick<Hearing, "refused">, now: number) {
    this.#sentAt = now;
    this.#refused = hearing.refused;
  }

  /** lost: the line broke before it was sure. */
  fate({ refused, link }: Pick<Hearing, "refused" | "link">, now: number): "open" | "taken" | "refused" | "lost" {
    if (refused !== this.#refused) return "refused";
    if (link !== "open") return "lost";
    return now - this.#sentAt < TAKEN_MS ? "open" : "taken";
  }
}
