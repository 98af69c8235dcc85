import type { Position } from "../core/audio/position.ts";
import { BEFORE_ALL } from "../core/audio/position.ts";
import type { Joiner } from "./calls.ts";
import type { Ear } from "./ear.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";

/** A greeting is good for so long, in ms: later the mind may say something else though nothing has happened. */
const GOOD_MS = 250;

/**
 * Who comes to a leaf to which nothing has happened since it greeted one who stood where he stands, is greeted alike: a mind that is asked
 * the same twice says the same. So he sits with the other at once, and the mind is told of him as of one who needs no link; when he came, what
 * that cost and when he hears are his own.
 */
export class Greetings {
  readonly #leaf: Host;
  /** In whom he sits who was greeted last, if with others; by which mind, after which plan and chunk, and as which of its core's tasks. */
  #ear: Ear | undefined;
  #mind: NodeMind | undefined;
  #plan: NodeMind["plan"];
  #newest: Position = BEFORE_ALL;
  #task = 0;
  #at = 0;
  /** Where he stood. */
  #epoch = 0;
  #sequence = 0;
  /** What he was sent, the sound last. */
  #messages = 0;
  #bytes = 0;
  #chunks = 0;
  #soundMs = 0;
  #gaps = 0;

  constructor(leaf: Host) {
    this.#leaf = leaf;
  }

  /** One is about to be greeted. */
  begin(): void {
    const { measures } = this.#leaf.ground;
    this.#messages = measures.messages;
    this.#chunks = measures.chunks;
    this.#soundMs = measures.soundMs;
    this.#gaps = measures.gaps;
  }

  /** He was greeted. @param bytes that he was sent @param mate in whom he sits now, if he is like others */
  end({ epoch, sequence }: Joiner, mind: NodeMind, bytes: number, mate: Ear | undefined): void {
    this.#ear = mate;
    if (mate === undefined) return;
    const { measures, clock } = this.#leaf.ground;
    this.#mind = mind;
    this.#plan = mind.plan;
    this.#newest = mind.down.feed.newest;
    this.#task = this.#leaf.server.tasks;
    this.#at = clock.now;
    this.#epoch = epoch;
    this.#sequence = sequence;
    this.#messages = measures.messages - this.#messages;
    this.#bytes = bytes;
    this.#chunks = measures.chunks - this.#chunks;
    this.#soundMs = measures.soundMs - this.#soundMs;
    this.#gaps = measures.gaps - this.#gaps;
  }

  /** In whom `joiner` is to sit who is greeted as the one before him; undefined if the mind must be asked. */
  mateOf(joiner: Joiner, mind: NodeMind): Ear | undefined {
    const { server, ground } = this.#leaf;
    if (this.#ear?.isSteady !== true || server.tasks - this.#task > 1 || ground.clock.now - this.#at > GOOD_MS) return undefined;
    if (joiner.epoch !== this.#epoch || joiner.sequence !== this.#sequence || joiner.line !== undefined || joiner.watcher !== undefined)
      return undefined;
    return mind === this.#mind && mind.plan === this.#plan && mind.down.feed.newest === this.#newest ? this.#ear : undefined;
  }

  /** He is greeted as the one before him. */
  repeat(joiner: Joiner): void {
    const { server, ground } = this.#leaf;
    const { measures } = ground;
    const costMs = server.send(this.#bytes / this.#messages, this.#messages);
    joiner.sounds(server.instant - costMs + joiner.delayMs);
    measures.messages += this.#messages;
    measures.chunks += this.#chunks;
    measures.soundMs += this.#soundMs;
    measures.gaps += this.#gaps;
    this.#task = server.tasks;
    this.#at = ground.clock.now;
  }
}
