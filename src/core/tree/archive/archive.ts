import type { LaneHead, Run } from "../../audio/lane-head.ts";
import { comparePositions, type Position } from "../../audio/position.ts";
import { SEGMENT_MS, type Segment, Segmenter, type SegmentName } from "../../audio/segment.ts";
import type { AudienceId, LocalTime } from "../../ids.ts";
import { TreeNode } from "../node.ts";
import type { NodeEffect } from "../node-effect.ts";
import { type Bans, NO_BANS, parseBans } from "../people/bans.ts";
import type { Saved } from "../saved.ts";
import { archiveOf, type ParentRef, type Plan } from "../shape/plan.ts";
import { type KeepEffect, Keeper, type Kept } from "./keeper.ts";
import { type Keeping, NOTHING_DELETED, NOTHING_KEPT, type SaidUpTo } from "./keeping.ts";
import { type Found, LENT_MS, SEGMENT_KEEP_MS, Shelf, type ShelfEffect, type Stored } from "./shelf.ts";

/** What hangs below an archive instead of children: it hears every chunk. */
const TAPE = Symbol("tape");
/** Without a word from above for so long, in ms, the root is gone: what is open is closed. Any new parent would have replayed by then. */
const GONE_MS = 10_000;
/** The archive replays nothing to anybody: what its feed keeps is never asked for, in ms. */
const KEEP_MS = 1_000;
/** While something is held that must go in its time, or is not stored yet, the archive wants to be woken after so long, in ms. */
const TIDY_MS = 10_000;
/** A room that is recorded and whose end was not heard of is asked for this often, in ms: what is kept has its time from there. */
const DOUBT_MS = 86_400_000;

/** What an archive's body must do. */
export type ArchiveEffect<Link> =
  | ShelfEffect
  | KeepEffect
  | Extract<NodeEffect<Link>, { readonly do: "ask" | "save" | "close" }>
  /** Nothing is kept any more: whatever storage holds of a recording goes. */
  | { readonly do: "erase-kept" }
  /** Ask whether the room is over, and call `over` if it is. */
  | { readonly do: "ask-if-over" }
  /** The room is over, and nothing of it is kept: nothing stays, neither of its sound nor of the archive itself. */
  | { readonly do: "erase-all" };

/**
 * The mind of an archive: a node of the tree like any other, with a tape below it instead of children. Pure: events in, effects out.
 *
 * It is fed while the room is live and for as long as segments live after that; then it lets go of its parent, so that both may sleep.
 * The room wakes it when it goes on air. What is recorded stays beyond the room's end, for as long as the room said (keeper.ts).
 */
export class ArchiveNode<Link> {
  readonly #node: TreeNode<Link | typeof TAPE>;
  readonly #shelf: Shelf;
  readonly #segmenter: Segmenter;
  readonly #keeper: Keeper;
  #heardAt: LocalTime;
  #isErased = false;

  /**
   * @param saved what the last save effect said, if there was one
   * @param stored what storage holds, in order; read once, so that hours of it need not be in memory
   * @param above links that outlived the body's sleep
   * @param keeping what the last keep effect said, if there was one
   */
  constructor(
    audience: AudienceId,
    saved: Saved | undefined,
    stored: Iterable<Stored>,
    above: readonly { readonly link: Link; readonly parent: string }[],
    now: LocalTime,
    keeping: Keeping = NOTHING_KEPT,
  ) {
    this.#keeper = new Keeper(keeping);
    const lately: Stored[] = [];
    let stood: Stored | undefined;
    for (const segment of stored) {
      stood = segment;
      const { take } = segment;
      if (take !== undefined) this.#keeper.stored({ ...segment, take });
      if (take === undefined || now - segment.closedAt < SEGMENT_KEEP_MS) lately.push(segment);
    }
    this.#shelf = new Shelf(SEGMENT_KEEP_MS, lately);
    this.#segmenter = new Segmenter(stood, (position) => this.#keeper.takeOf(position));
    this.#heardAt = now;
    // What was heard and not stored is heard again: the parent still has it.
    const known = saved === undefined || stood === undefined ? saved : { ...saved, newest: stood.last };
    // As long as it was needed when its body slept, it is needed now.
    const below = lately.length > 0 || above.length > 0 ? [{ link: TAPE, wasLive: true } as const] : [];
    this.#node = new TreeNode<Link | typeof TAPE>(
      { node: archiveOf(audience), below: "nodes", keepMs: KEEP_MS },
      known,
      { above, below },
      now,
    );
  }

  get plan(): Plan | undefined {
    return this.#node.plan;
  }

  get ended(): boolean {
    return this.#node.down.ended;
  }

  /** True while something is to be done as time passes, soon enough that the body must stay awake for it. */
  get wantsSeconds(): boolean {
    return this.#node.wantsSeconds || this.#segmenter.open !== undefined || this.#shelf.owes;
  }

  /**
   * When the body must wake up and call `tidy`, in ms since 1970 as `now` is; undefined if there is nothing to do: for what must go soon and
   * a parent to let go of, or one day for what is kept.
   */
  wakesAt(now: LocalTime): number | undefined {
    if (!this.#node.idle || this.#shelf.owes || !this.#shelf.isEmpty) return now + TIDY_MS;
    if (this.#keeper.isEmpty) return this.ended && !this.#isErased ? now : undefined;
    return this.#keeper.keptUntil ?? now + DOUBT_MS;
  }

  /** What is kept, and for how long; undefined if nothing is. */
  get kept(): Kept | undefined {
    return this.#keeper.says();
  }

  /** True while there is anything of a recording: also what is not stored yet, and cannot be fetched. */
  get keepsAny(): boolean {
    return !this.#keeper.isEmpty || this.owesKept;
  }

  /** True while something of a recording is not stored yet. */
  get owesKept(): boolean {
    return this.#shelf.owesKept || this.#segmenter.take !== undefined;
  }

  /** What is kept and can be fetched. */
  get keptRuns(): readonly Run[] {
    return this.#keeper.runs;
  }

  /** The newest states that listeners may see, as texts. */
  get states(): readonly string[] {
    return this.#node.down.states.forAll();
  }

  /** Whom the room keeps out: those with a ticket of their own hear nothing here either. */
  get bans(): Bans {
    return parseBans(this.#node.down.states.textOf("bans") ?? "") ?? NO_BANS;
  }

  /** To be called once after a body has woken. */
  wake(now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    return this.#digest(this.#node.wake(now, random), now);
  }

  /** The room went on air, or began anew. */
  roomIsLive(plan: Plan, now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    this.#heardAt = now;
    const learnt = this.#node.learn(plan, random);
    if (this.ended || this.#node.isFed) return this.#digest(learnt, now);
    // Whatever it waits for, the room is there now: asked at once.
    this.#node.leave(TAPE);
    const released = this.#node.rest();
    this.#node.down.restore(TAPE, true);
    return this.#digest([...learnt, ...released, ...this.#node.wake(now, random)], now);
  }

  dialed(uplink: Link, parent: string): void {
    this.#node.dialed(uplink, parent);
  }

  isUplink(link: Link): boolean {
    return this.#node.isUplink(link);
  }

  hear(uplink: Link, message: Uint8Array, now: LocalTime): readonly ArchiveEffect<Link>[] {
    return this.#digest(this.#node.hear(uplink, message, now), now);
  }

  read(uplink: Link, text: string, now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    const wasOver = this.ended;
    const told = this.#digest(this.#node.read(uplink, text, now, random), now);
    const { states, epoch } = this.#node.down;
    const effects = [...told, ...this.#keeper.read(states, epoch, this.#segmenter.last)];
    if (this.ended && !wasOver) return [...effects, ...this.#over(now)];
    // The clock has stopped: what is open will not be closed by a later chunk for who knows how long.
    return this.#node.isFed && !this.#node.down.flows ? [...effects, ...this.#close(now)] : effects;
  }

  /** The room is over, as somebody else than its root says: it ended while nobody could tell this archive. */
  over(now: LocalTime): readonly ArchiveEffect<Link>[] {
    if (this.ended) return [];
    return [...this.#digest(this.#node.end(), now), ...this.#over(now)];
  }

  /**
   * All that is kept goes, for good: from here on nothing of it can be fetched, but by who hears the cached lane just now.
   *
   * @param said how far the room has come, where it tells: what an archive that was cut off is yet to hear up to there goes too
   */
  deleteKept(now: LocalTime, said: SaidUpTo = NOTHING_DELETED): readonly ArchiveEffect<Link>[] {
    if (this.#isErased) return [];
    const closed = this.#close(now);
    this.#shelf.forgetKept(now);
    const { states, feed } = this.#node.down;
    const heard: SaidUpTo = { after: feed.newest, atMs: feed.endsMs };
    const forgotten = this.#keeper.forget(states, comparePositions(said.after, heard.after) > 0 ? said : heard);
    const effects: readonly ArchiveEffect<Link>[] = [...closed, ...forgotten, { do: "erase-kept" }];
    return this.ended ? [...effects, ...this.#eraseAll()] : effects;
  }

  /** What is kept stays for its time; all else goes now. */
  #over(now: LocalTime): readonly ArchiveEffect<Link>[] {
    const closed = this.#close(now);
    const erased = this.#shelf.keepRecorded();
    this.#node.leave(TAPE);
    const released = this.#digest(this.#node.rest(), now).filter((effect) => effect.do === "close");
    if (this.#keeper.isEmpty && !this.#shelf.owes) return [...released, ...this.#eraseAll()];
    return [...closed, ...erased, ...released, ...this.#keeper.over(now)];
  }

  #eraseAll(): readonly ArchiveEffect<Link>[] {
    this.#shelf.clear();
    this.#isErased = true;
    return [{ do: "erase-all" }];
  }

  lost(uplink: Link, now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    return this.#digest(this.#node.lost(uplink, random), now);
  }

  question(ask: number): { readonly parent: ParentRef; readonly plan: Plan; readonly from: Position } | undefined {
    return this.#node.question(ask);
  }

  unanswered(ask: number, now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    return this.#digest(this.#node.unanswered(ask, random), now);
  }

  written(name: SegmentName, now: LocalTime): readonly ArchiveEffect<Link>[] {
    const { kept, effects } = this.#shelf.written(name, now);
    if (kept !== undefined) this.#keeper.stored(kept);
    return effects;
  }

  failed(name: SegmentName, now: LocalTime): void {
    this.#shelf.failed(name, now);
  }

  /** A second has passed; to be called while `wantsSeconds`. */
  second(now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    return [...this.#digest(this.#node.second(now, random), now), ...this.tidy(now)];
  }

  /** To be called when `wakesAt` says: what is too old goes, and after a long quiet so does the parent. */
  tidy(now: LocalTime): readonly ArchiveEffect<Link>[] {
    if (this.ended) return this.#tidyEnded(now);
    const quietMs = now - this.#heardAt;
    const effects = [...(quietMs >= GONE_MS ? this.#close(now) : []), ...this.#shelf.second(now)];
    if (!this.#shelf.isEmpty) return effects;
    // It has slept for a day since it let go of a room that it keeps something of.
    if (this.#node.idle) return this.#keeper.isEmpty ? effects : [...effects, { do: "ask-if-over" }];
    if (quietMs < SEGMENT_KEEP_MS) return effects;
    this.#node.leave(TAPE);
    return [...effects, ...this.#digest(this.#node.rest(), now)];
  }

  #tidyEnded(now: LocalTime): readonly ArchiveEffect<Link>[] {
    const effects = this.#shelf.second(now);
    if (this.#shelf.owes) return effects;
    const isOver = now >= (this.#keeper.keptUntil ?? 0);
    if (!isOver && !this.#keeper.isEmpty) return effects;
    return [...effects, ...(this.#keeper.isEmpty ? this.#eraseAll() : this.deleteKept(now))];
  }

  /** A segment that may still be fetched. */
  find(name: SegmentName, now: LocalTime): Found | undefined {
    return this.#shelf.find(name, now) ?? (this.#keeper.has(name) ? { bytes: undefined, leftMs: LENT_MS } : undefined);
  }

  /** True of a segment that is kept and in storage. */
  keeps(name: SegmentName): boolean {
    return this.#keeper.has(name);
  }

  /** What may be fetched now, and where the room stands. */
  head(now: LocalTime): LaneHead {
    const { newest, endsMs } = this.#node.down.feed;
    const ageMs = Math.max(0, this.#node.down.feed.ageMs(now) ?? GONE_MS);
    const phase = this.ended ? "ended" : this.#node.down.flows && ageMs < GONE_MS ? "live" : "quiet";
    return { epoch: newest.epoch, roomTimeMs: endsMs, ageMs, segmentMs: SEGMENT_MS, phase, ...this.#shelf.list(now) };
  }

  /** Hands the tape what is for the tape, and the body what is for the body. */
  #digest(effects: readonly NodeEffect<Link | typeof TAPE>[], now: LocalTime): readonly ArchiveEffect<Link>[] {
    return effects.flatMap((effect): readonly ArchiveEffect<Link>[] => {
      switch (effect.do) {
        case "send":
        case "send-all":
          return typeof effect.message === "string" ? [] : this.#record(effect.message, now);
        case "close":
          return effect.link === TAPE ? [] : [{ ...effect, link: effect.link }];
        case "ask":
        case "save":
          return [effect];
        default:
          // The rest is about listeners.
          return [];
      }
    });
  }

  #close(now: LocalTime): readonly ArchiveEffect<Link>[] {
    return this.#segmenter.close().flatMap((segment) => this.#put(segment, now));
  }

  #put(closed: Segment, now: LocalTime): readonly ArchiveEffect<Link>[] {
    const { segment, effects } = this.#keeper.closed(closed, now);
    return [...effects, ...this.#shelf.put(segment, now)];
  }

  #record(message: Uint8Array, now: LocalTime): readonly ArchiveEffect<Link>[] {
    this.#heardAt = now;
    return this.#segmenter.add(message).flatMap((segment) => this.#put(segment, now));
  }
}
