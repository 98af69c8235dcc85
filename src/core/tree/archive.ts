import type { LaneHead } from "../audio/lane-head.ts";
import type { Position } from "../audio/position.ts";
import { SEGMENT_MS, Segmenter, type SegmentName } from "../audio/segment.ts";
import type { AudienceId, LocalTime } from "../ids.ts";
import { type Bans, NO_BANS, parseBans } from "./bans.ts";
import { type NodeEffect, TreeNode } from "./node.ts";
import { archiveOf, type ParentRef, type Plan } from "./plan.ts";
import type { Saved } from "./saved.ts";
import { type Found, SEGMENT_KEEP_MS, Shelf, type ShelfEffect, type Stored } from "./shelf.ts";

/** What hangs below an archive instead of children: it hears every chunk. */
const TAPE = Symbol("tape");
/** Without a word from above for so long, in ms, the root is gone: what is open is closed. Any new parent would have replayed by then. */
const GONE_MS = 10_000;
/** The archive replays nothing to anybody: what its feed keeps is never asked for, in ms. */
const KEEP_MS = 1_000;

/** What an archive's body must do. */
export type ArchiveEffect<Link> =
  | ShelfEffect
  | Extract<NodeEffect<Link>, { readonly do: "ask" | "save" | "close" }>
  /** The room is over: nothing stays, neither of its sound nor of the archive itself. */
  | { readonly do: "erase-all" };

/**
 * The mind of an archive: a node of the tree like any other, with a tape below it instead of children. Pure: events in, effects out.
 *
 * It is fed while the room is live and for as long as segments live after that; then it lets go of its parent, so that both may sleep.
 * The room wakes it when it goes on air.
 */
export class ArchiveNode<Link> {
  readonly #node: TreeNode<Link | typeof TAPE>;
  readonly #shelf: Shelf;
  readonly #segmenter: Segmenter;
  #heardAt: LocalTime;

  /**
   * @param saved what the last save effect said, if there was one
   * @param stored what storage holds, in order
   * @param above links that outlived the body's sleep
   */
  constructor(
    audience: AudienceId,
    saved: Saved | undefined,
    stored: readonly Stored[],
    above: readonly { readonly link: Link; readonly parent: string }[],
    now: LocalTime,
  ) {
    this.#shelf = new Shelf(SEGMENT_KEEP_MS, stored);
    const stood = this.#shelf.newestStored;
    this.#segmenter = new Segmenter(stood);
    this.#heardAt = now;
    // What was heard and not stored is heard again: the parent still has it.
    const known = saved === undefined || stood === undefined ? saved : { ...saved, newest: stood.last };
    // As long as it was needed when its body slept, it is needed now.
    const below = stored.length > 0 || above.length > 0 ? [{ link: TAPE, wasLive: true } as const] : [];
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

  /** True while there is something that must go one day, or a parent to let go of: the body must wake up for it. */
  get wantsToRest(): boolean {
    return !this.#node.idle;
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
    const effects = this.#digest(this.#node.read(uplink, text, now, random), now);
    // The clock has stopped: what is open will not be closed by a later chunk for who knows how long.
    if (!this.ended || wasOver) return this.#node.isFed && !this.#node.down.flows ? [...effects, ...this.#close(now)] : effects;
    this.#shelf.clear();
    this.#segmenter.close();
    this.#node.leave(TAPE);
    const released = this.#digest(this.#node.rest(), now).filter((effect) => effect.do === "close");
    return [...released, { do: "erase-all" }];
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
    return this.#shelf.written(name, now);
  }

  failed(name: SegmentName, now: LocalTime): void {
    this.#shelf.failed(name, now);
  }

  /** A second has passed; to be called while `wantsSeconds`. */
  second(now: LocalTime, random: number): readonly ArchiveEffect<Link>[] {
    return [...this.#digest(this.#node.second(now, random), now), ...this.tidy(now)];
  }

  /** To be called now and then while `wantsToRest`: what is too old goes, and after a long quiet so does the parent. */
  tidy(now: LocalTime): readonly ArchiveEffect<Link>[] {
    const quietMs = now - this.#heardAt;
    const effects = [...(quietMs >= GONE_MS ? this.#close(now) : []), ...this.#shelf.second(now)];
    if (quietMs < SEGMENT_KEEP_MS || !this.#shelf.isEmpty) return effects;
    this.#node.leave(TAPE);
    return [...effects, ...this.#digest(this.#node.rest(), now)];
  }

  /** A segment that may still be fetched. */
  find(name: SegmentName, now: LocalTime): Found | undefined {
    return this.#shelf.find(name, now);
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
    return this.#segmenter.close().flatMap((segment) => this.#shelf.put(segment, now));
  }

  #record(message: Uint8Array, now: LocalTime): readonly ArchiveEffect<Link>[] {
    this.#heardAt = now;
    return this.#segmenter.add(message).flatMap((segment) => this.#shelf.put(segment, now));
  }
}
