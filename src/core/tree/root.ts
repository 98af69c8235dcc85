import { Bundle, type Closed, type PlacedFrame } from "../audio/bundle.ts";
import type { Position } from "../audio/position.ts";
import { type LocalTime, localTime } from "../ids.ts";
import { type DownEffect, Downstream } from "./downstream.ts";
import type { Plan } from "./plan.ts";
import { Tally, type TallyReport } from "./tally.ts";

/** How much sound the root keeps, in ms: as much as a relay, its child. */
const KEEP_MS = 60_000;

/** What a tick made: what to send, and the chunk it closed. */
export type Tick<Link> = { readonly effects: readonly DownEffect<Link>[]; readonly closed: Closed };

/**
 * The mind of a tree's root: the clock that closes chunks, the links to the top nodes, and what they count. Pure: time is passed in.
 *
 * One chunk per tick, whatever the clock slept through: catching up on several in one turn starves every socket of the process.
 */
export class TreeRoot<Link> {
  readonly down = new Downstream<Link>("nodes", KEEP_MS);
  readonly #tally = new Tally<Link>();
  readonly #plan: Plan;
  #bundle: Bundle | undefined;

  /** @param epoch the last one that this room claimed; 0 before the first */
  constructor(plan: Plan, epoch: number, ended: boolean, now: LocalTime) {
    this.#plan = plan;
    this.down.plan = plan;
    this.down.epoch = epoch;
    this.down.open(now);
    if (ended) this.down.end();
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** Listeners below, by the newest reports. */
  get listeners(): number {
    return this.#tally.listeners;
  }

  /** The clock and timeline; undefined until the first `begin` of this root's life. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** A child was dialed; `from` is the last chunk that it heard. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    return this.down.join(link, from, now);
  }

  /** A child is gone. True if the number of listeners may have changed. */
  leave(link: Link): boolean {
    this.down.leave(link);
    return this.#tally.forget(link);
  }

  /** A child reported. True if the number of listeners changed; what comes on a link that was replaced counts no more. */
  count(link: Link, report: TallyReport): boolean {
    return this.down.has(link) && this.#tally.record(link, report);
  }

  /** A new epoch, claimed by the caller; its timeline begins at `now`. */
  begin(epoch: number, chunkMs: number, now: LocalTime): void {
    this.down.epoch = epoch;
    this.#bundle = new Bundle(epoch, chunkMs, now);
  }

  /** The clock runs from here on; after a pause the timeline goes on at `now`. */
  start(now: LocalTime): readonly DownEffect<Link>[] {
    this.#bundle?.skipTo(now);
    return this.down.flow(true);
  }

  /** The clock stands: nobody below is to wonder about the silence. */
  stop(): readonly DownEffect<Link>[] {
    return this.down.flow(false);
  }

  /** A frame to be heard; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame): void {
    this.#bundle?.add(voice, frame);
  }

  /** Closes what is due at `now` as one chunk; undefined if nothing is. */
  tick(now: LocalTime): Tick<Link> | undefined {
    const closed = this.#bundle?.close(now);
    return closed === undefined ? undefined : { effects: this.down.hear(closed.bytes, now), closed };
  }

  /** When the next chunk is due; undefined before an epoch has begun. */
  get due(): LocalTime | undefined {
    return this.#bundle === undefined ? undefined : localTime(this.#bundle.dueMs);
  }
}
