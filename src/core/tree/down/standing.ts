import type { Position } from "../../audio/position.ts";
import type { Plan } from "../shape/plan.ts";
import type { Chunks } from "./chunks.ts";
import { Feed } from "./feed.ts";
import { States } from "./states.ts";
import { TEXTS, type Texts } from "./texts.ts";

/** Where a node stands: what it has heard of its room, and what it knows of it. Whoever comes is greeted with this. */
export class Standing {
  readonly feed: Feed;
  readonly states: States;
  /** How texts are read and written. */
  readonly texts: Texts;
  plan: Plan | undefined;
  /** Somebody feeds this node: who comes goes live. */
  isOpen = false;
  /** It was fed in this life, or remembers what it was told in an earlier one: it can welcome somebody. */
  isKnown = false;
  /** The root's clock runs, as far as this node was told: sound comes all the time. */
  flows = false;
  /** The room is over, for good. */
  ended = false;
  #epoch = 0;

  /** @param keepMs sound to keep, in ms; `newest` and `chunks` as in Feed */
  constructor(keepMs: number, newest: Position, chunks: Chunks | undefined, texts: Texts = TEXTS) {
    this.feed = new Feed(keepMs, newest, chunks);
    this.states = new States(texts);
    this.texts = texts;
  }

  get epoch(): number {
    return Math.max(this.#epoch, this.feed.newest.epoch);
  }

  /** Never lowered. */
  set epoch(epoch: number) {
    this.#epoch = Math.max(this.#epoch, epoch);
  }
}
