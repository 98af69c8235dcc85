import type { Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import type { Heard } from "./chunks.ts";
import { Cohorts, type Seat } from "./cohorts.ts";
import type { Feed } from "./feed.ts";
import { formatSkip, type Message } from "./greeting.ts";
import { Lateness } from "./lateness.ts";
import { ACK_LATE_MS, QUEUE_BYTES, turnOf } from "./slow.ts";
import { StrideControl } from "./stride.ts";

/** Silence is told once, and then this seldom, in ms: enough for who waits to know that the line lives. */
const HELD_SILENCE_MS = 1_000;
/** Under a root that merges ticks, everybody's turn comes within this, in ms, where the stride is not longer: a gap that is heard stays below a second. */
const WAIT_MS = 800;

/** What a leaf's mind may do to a listener's line while it delivers; the body's own sockets, or a simulated line. */
export type Lines<Link> = {
  send(link: Link, message: Message): void;
  /** Bytes that wait in front of this line; undefined where the runtime does not tell. */
  queued(link: Link): number | undefined;
  /** When this line last acknowledged, in ms of the wall clock; undefined if it never did. */
  heardAt(link: Link): number | undefined;
};

const NOBODY = [] as const;

/**
 * The live listeners of a leaf: when each is sent what.
 *
 * Each send is what comes after the listener's own `through`, joined once for all who stand at the same place. The stride says how seldom
 * that happens, silence is held back, and whose line does not move is not sent more than it can hold.
 */
export class Listeners<Link> {
  readonly #feed: Feed;
  readonly #cohorts = new Cohorts<Link>();
  readonly #control = new StrideControl();
  readonly #lateness = new Lateness();
  readonly #pinned: number | undefined;
  readonly #counted: () => number;
  readonly #slow = new Set<Link>();
  #silentTicks = 0;
  /** Cohorts whose turn comes with the newest chunk: one, or more where a late root merged ticks. */
  #turns = 1;
  #isBehind = false;
  #lateMs = 0;

  /**
   * @param pinned a stride that no controller changes, for measuring
   * @param counted how many listen, where a link may stand for many
   */
  constructor(feed: Feed, pinned: number | undefined, counted: () => number = () => this.#cohorts.size) {
    this.#feed = feed;
    this.#pinned = pinned;
    this.#counted = counted;
    this.#cohorts.deal(this.stride);
  }

  /** Chunks per send now. */
  get stride(): number {
    return this.#pinned ?? this.#control.stride;
  }

  /** How late the newest chunk came, in ms. */
  get lateMs(): number {
    return this.#lateMs;
  }

  /** Listeners whose line does not move at the moment. */
  get slow(): number {
    return this.#slow.size;
  }

  get size(): number {
    return this.#cohorts.size;
  }

  /** True while somebody may not have been sent all there is. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  has(link: Link): boolean {
    return this.#cohorts.has(link);
  }

  links(): Iterable<Link> {
    return this.#cohorts.links();
  }

  /** A listener who has been sent all up to `through`; what comes after it, he hears in his turns. */
  add(link: Link, through: Position): void {
    this.#cohorts.add(link, through);
    if (through !== this.#feed.newest) this.#isBehind = true;
  }

  /** What one turn may carry, in bytes: what a line may hold, or what comes in two strides, so that who is behind can catch up. */
  get turnBytes(): number {
    return Math.max(QUEUE_BYTES, 2 * this.stride * (this.#feed.last?.bytes ?? 0));
  }

  remove(link: Link): boolean {
    this.#slow.delete(link);
    return this.#cohorts.remove(link);
  }

  /**
   * New sound came. True if a cohort's turn has come with it.
   *
   * @param isLive false for what is replayed after a broken link: it is late for other reasons than load
   */
  heard({ header, isSilent }: Heard, isLive: boolean, now: LocalTime): boolean {
    this.#isBehind = true;
    if (isLive) {
      this.#lateMs = this.#lateness.of(header, now);
      const hasChanged = this.#control.heard(this.#lateMs, this.#lateness.tickMs, this.#counted(), now);
      if (hasChanged) this.#cohorts.deal(this.stride);
    }
    this.#turns = turnsWith(header.durationMs, this.#lateness.tickMs ?? header.durationMs, this.stride);
    this.#silentTicks = isSilent ? this.#silentTicks + 1 : 0;
    // Everybody hears once that silence follows; then each is told no more often than he must be.
    const rest = this.#silentTicks - this.stride;
    if (rest <= 0) return true;
    const everyTicks = Math.max(1, Math.floor(HELD_SILENCE_MS / (this.stride * header.durationMs)));
    return rest % everyTicks === 0;
  }

  /** Sends what they lack to those whose turn it is. Gives those whose line never drained: they are to be closed. */
  deliver(lines: Lines<Link>, now: LocalTime): readonly Link[] {
    this.#isBehind = this.stride > this.#turns || this.#slow.size > 0;
    let hopeless = this.#sendTo(this.#cohorts.take(), lines, now);
    for (let turn = 1; turn < this.#turns; turn++) hopeless = [...hopeless, ...this.#sendTo(this.#cohorts.take(), lines, now)];
    return hopeless;
  }

  /** Sends everybody what he lacks: nothing more comes for a while, or what comes next must not overtake it. */
  flush(lines: Lines<Link>, now: LocalTime): readonly Link[] {
    this.#isBehind = this.#slow.size > 0;
    return this.#sendTo(this.#cohorts.seats(), lines, now);
  }

  #sendTo(seats: readonly Seat<Link>[], lines: Lines<Link>, now: LocalTime): readonly Link[] {
    const { newest } = this.#feed;
    const most = this.turnBytes;
    let hopeless: Link[] | undefined;
    let from: Position | undefined;
    let through = newest;
    let messages: readonly Message[] = [];
    let bytes = 0;
    let isLost = false;
    for (const seat of seats) {
      if (seat.through === newest) continue;
      if (seat.through !== from) {
        from = seat.through;
        const slice = this.#feed.slice(from, most);
        messages = slice.messages(this.#feed.endsMs);
        through = slice.through;
        isLost = slice.parts[0]?.before?.reason === "missed";
        bytes = 0;
        for (const message of messages) bytes += message.length;
      }
      const heldMs = seat.heldSince === undefined ? undefined : now - seat.heldSince;
      const turn = turnOf(queuedOf(seat, lines, now), bytes, heldMs, isLost);
      if (turn === "send") {
        for (const message of messages) lines.send(seat.link, message);
        seat.unheard += bytes;
        seat.through = through;
        if (through !== newest) this.#isBehind = true;
      } else if (turn === "skip") {
        lines.send(seat.link, formatSkip(seat.through, newest, this.#feed.endsMs));
        seat.through = newest;
      } else if (turn === "hold") {
        seat.heldSince ??= now;
        this.#slow.add(seat.link);
        this.#isBehind = true;
        continue;
      } else {
        hopeless ??= [];
        hopeless.push(seat.link);
        continue;
      }
      if (seat.heldSince !== undefined) this.#release(seat);
    }
    return hopeless ?? NOBODY;
  }

  #release(seat: Seat<Link>): void {
    seat.heldSince = undefined;
    this.#slow.delete(seat.link);
  }
}

/**
 * Cohorts that are due with a chunk of `durationMs`. A late root merges ticks, and one turn for each such chunk would make everybody wait
 * for a stride of them: seconds, just when sound comes most seldom. So each waits for a stride of ticks; or for WAIT_MS if that is
 * longer, since who is late has no time for more sends than that asks for.
 */
function turnsWith(durationMs: number, tickMs: number, stride: number): number {
  const waitMs = Math.max(stride * tickMs, WAIT_MS);
  return Math.min(stride, Math.max(1, Math.ceil((durationMs * stride) / waitMs)));
}

/**
 * What waits on a line, in bytes: by the runtime's own word; else all that was sent since the line last acknowledged, once that is too long
 * ago. A client that never acknowledges, on a runtime that does not tell, has no bound: its bytes count as gone.
 */
function queuedOf<Link>(seat: Seat<Link>, lines: Lines<Link>, now: LocalTime): number {
  const told = lines.queued(seat.link);
  if (told !== undefined) return told;
  const heardAt = lines.heardAt(seat.link);
  if (heardAt !== seat.heardAt) {
    seat.heardAt = heardAt;
    seat.unheard = 0;
  }
  const isLate = heardAt !== undefined && now - heardAt > ACK_LATE_MS;
  return isLate && seat.unheard > QUEUE_BYTES ? seat.unheard : 0;
}
