import { HlsWindow } from "../../audio/hls.ts";
import { RadioLine } from "../../audio/radio-line.ts";
import type { LocalTime } from "../../ids.ts";
import { TreeNode } from "../node.ts";
import type { NodeEffect } from "../node-effect.ts";
import { type Bans, NO_BANS, parseBans } from "../people/bans.ts";
import { isKeptOut, type Visitor } from "../people/visitors.ts";
import type { Saved } from "../saved.ts";
import type { NodeRef, ParentRef, Plan } from "../shape/plan.ts";
import type { TallyReport } from "../up/totals.ts";
import { type Ears, type Newcomer, Seats, TURNS } from "./seats.ts";

/** What hangs below a radio instead of children: it hears every chunk. */
const LINE = Symbol("line");
/** A radio replays nothing to anybody: what its feed keeps is never asked for, in ms. */
const KEEP_MS = 1_000;
/** How much of the room's past is there at once for who comes, in ms: six fragments of two seconds, and what common players want before they start. */
const PAST_MS = 12_000;
/** How often there is a turn, in ms. */
export const TURN_MS = 1_000 / TURNS;
/** Packets that one turn brings at the most: who slept catches up over several, and starves nobody. */
const MOST_PACKETS = 100;
/** Without a parent's word for so long, in ms, the line starts all the same: players that get nothing go away. */
const PATIENCE_MS = 1_500;
/** Nobody listens to so much silence, in ms, of a room that was forgotten: then the streams end. */
const MOST_QUIET_MS = 4 * 3_600_000;
/** So long after the last question for a fragment or a playlist somebody is still taken to listen to it, in ms: three playlists' time. */
const WATCHED_MS = 10_000;

/** Why somebody must not be let in. */
export type RadioRefusal = "removed" | "listen-ticket-missing" | "room-ended" | "too-many-joins";

/** What a radio's body must do. */
export type RadioEffect<Link, Ear> =
  | Extract<NodeEffect<Link>, { readonly do: "ask" | "save" | "close" }>
  /** Nothing more comes for this listener; `bytes` before it. */
  | { readonly do: "finish"; readonly ear: Ear; readonly bytes: Uint8Array<ArrayBuffer> | undefined };

/**
 * The mind of a radio: a node of the tree like any other, with one line of packets below it (core/audio/radio-line.ts) instead of children, and on
 * that line whoever plays the room by plain HTTP. Pure: events in, effects out.
 *
 * It is fed while anybody listens, and lets go of its parent when nobody has for a while.
 */
export class RadioNode<Link, Ear> {
  readonly #node: TreeNode<Link | typeof LINE>;
  readonly #seats = new Seats<Ear>();
  #line: RadioLine | undefined;
  #hls = new HlsWindow();
  #obeyed: string | undefined;
  /** True once a chunk was heard as it came: what the parent sends again from then on was missed, and is no past. */
  #isLive = false;
  #wokenAt: LocalTime;
  #soundAt: LocalTime;
  /** When a playlist or fragment was last asked for. */
  #watchedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param saved what the last save effect said, if there was one
   * @param above links that outlived the body's sleep
   */
  constructor(node: NodeRef, saved: Saved | undefined, above: readonly { readonly link: Link; readonly parent: string }[], now: LocalTime) {
    this.#wokenAt = now;
    this.#soundAt = now;
    const held = () => this.#seats.size;
    this.#node = new TreeNode<Link | typeof LINE>({ node, below: "nodes", keepMs: KEEP_MS, held }, saved, { above, below: [] }, now);
  }

  get node(): NodeRef {
    return this.#node.node;
  }

  get plan(): Plan | undefined {
    return this.#node.plan;
  }

  get ended(): boolean {
    return this.#node.down.ended;
  }

  /** Who listens by a stream. */
  get listeners(): number {
    return this.#seats.size;
  }

  /** The room's newest state of a type, as text. */
  textOf(type: string): string | undefined {
    return this.#node.down.states.textOf(type);
  }

  /** True while somebody is to be served: turns are wanted. */
  isWanted(now: LocalTime): boolean {
    return this.#seats.size > 0 || now - this.#watchedAt < WATCHED_MS;
  }

  /** True while seconds are wanted. */
  get wantsSeconds(): boolean {
    return this.#node.wantsSeconds;
  }

  /** A newer plan came with a question. */
  learn(plan: Plan, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    return this.#digest(this.#node.learn(plan, random), now);
  }

  /** Whom the room keeps out. */
  get bans(): Bans {
    return parseBans(this.textOf("bans") ?? "") ?? NO_BANS;
  }

  /**
   * Why this one must not be let in; undefined if he may.
   *
   * @param isNear behind his address may stand everybody: it is not counted
   */
  refusal(visitor: Visitor, invited: boolean, isNear = false): RadioRefusal | undefined {
    if (isKeptOut(this.bans, visitor)) return "removed";
    if (this.plan?.listenTicket === true && !invited) return "listen-ticket-missing";
    if (this.ended) return "room-ended";
    return !isNear && this.#seats.isCrowded(visitor.address) ? "too-many-joins" : undefined;
  }

  /** Somebody comes to hear the stream. What it begins with is sent at once, the last seconds with it as soon as there are any. */
  join(ear: Ear, who: Newcomer, ears: Ears<Ear>, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    if (this.#seats.size === 0) this.#soundAt = now;
    this.#seats.come(ear, who, who.invited || this.#node.isFed, ears);
    this.#node.meet(random);
    const effects = this.#wake(now, random);
    if (this.#line?.next !== undefined) this.#seats.begin(ear, ears);
    return effects;
  }

  /** Somebody asks for a playlist, or had a fragment. */
  watch(now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    this.#watchedAt = now;
    return this.#wake(now, random);
  }

  /** The fragments of the last seconds; there may be too few of them to begin with. */
  get hls(): HlsWindow {
    return this.#hls;
  }

  /** A listener is gone. */
  leave(ear: Ear): void {
    this.#seats.leave(ear);
  }

  /** To be called every TURN_MS while somebody is to be served: what is due becomes pages, and whoever's turn it is gets his. */
  turn(ears: Ears<Ear>, now: LocalTime): readonly RadioEffect<Link, Ear>[] {
    if (this.#line !== undefined && this.#line.next === undefined) this.#start(now, now - this.#wokenAt > PATIENCE_MS);
    this.#advance(now);
    if (this.ended || now - this.#soundAt > MOST_QUIET_MS) return this.#finishAll();
    return this.#seats.turn(ears).map(givenUp);
  }

  /** Lets go of the parent if nobody has listened for a while; to be called then. */
  rest(now: LocalTime): readonly RadioEffect<Link, Ear>[] {
    if (this.isWanted(now)) return [];
    this.#line = undefined;
    // Nothing tells a sleeper whom the room keeps out: what it has is for nobody any more.
    this.#hls = new HlsWindow();
    this.#node.leave(LINE);
    return this.#digest(this.#node.rest(), now);
  }

  dialed(uplink: Link, parent: string): void {
    this.#node.dialed(uplink, parent);
  }

  isUplink(link: Link): boolean {
    return this.#node.isUplink(link);
  }

  hear(uplink: Link, message: Uint8Array, now: LocalTime): readonly RadioEffect<Link, Ear>[] {
    return this.#digest(this.#node.hear(uplink, message, now), now);
  }

  read(uplink: Link, text: string, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    const effects = this.#digest(this.#node.read(uplink, text, now, random), now);
    if (this.ended) return [...effects, ...this.#finishAll()];
    const isNews = this.textOf("bans") !== this.#obeyed;
    this.#obeyed = this.textOf("bans");
    const dismissed = isNews ? this.#dismiss() : [];
    return [...effects, ...dismissed, ...this.#makeSure()];
  }

  lost(uplink: Link, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    return this.#digest(this.#node.lost(uplink, random), now);
  }

  question(
    ask: number,
  ): { readonly parent: ParentRef; readonly plan: Plan; readonly from: { readonly epoch: number; readonly sequence: number } } | undefined {
    return this.#node.question(ask);
  }

  unanswered(ask: number, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    return this.#digest(this.#node.unanswered(ask, random), now);
  }

  second(now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    return this.#digest(this.#node.second(now, random), now);
  }

  get owesReport(): boolean {
    return this.#node.owesReport;
  }

  report(): { readonly to: Link; readonly said: TallyReport } | undefined {
    const report = this.#node.report();
    return report === undefined || report.to === LINE ? undefined : { to: report.to, said: report.said };
  }

  #wake(now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    if (this.#line !== undefined) {
      // Nobody has listened for a while, and the line stood still: who comes now hears now.
      while (this.#advance(now) > 0);
      return [];
    }
    this.#line = new RadioLine();
    this.#hls = new HlsWindow();
    this.#seats.startAnew();
    this.#wokenAt = now;
    this.#isLive = false;
    // A parent that sent its last minute before, while this one slept, sends it again: nobody here has heard it.
    this.#node.down.restore(LINE, true);
    const effects = this.#digest(this.#node.wake(now, random), now);
    this.#start(now, false);
    return effects;
  }

  /** The line begins as soon as the parent has told what there was, or has not for too long. */
  #start(now: LocalTime, anyway: boolean): void {
    if (!this.#node.isFed && !anyway) return;
    this.#line?.start(now, PAST_MS, this.#node.down.feed.ageMs(now));
    this.#advance(now);
  }

  /** What is due becomes pages and fragments. How many packets that were. */
  #advance(now: LocalTime): number {
    const slot = this.#line?.next;
    if (this.#line === undefined || slot === undefined) return 0;
    // The past comes at once; later a turn brings two packets, and never very many.
    const packets = this.#line.take(now, Math.max(MOST_PACKETS, this.#seats.hasPages ? 0 : PAST_MS / 20));
    this.#seats.add(packets);
    this.#hls.add(packets, slot);
    return packets.length;
  }

  /** Whom the room keeps out from here on hears nothing more. */
  #dismiss(): readonly RadioEffect<Link, Ear>[] {
    const { bans } = this;
    return this.#seats.giveUp(({ visitor }) => isKeptOut(bans, visitor)).map(givenUp);
  }

  /** A sleeper let people in by what the edge knew; now that the parent has told its plan, a private room's are sent away. Who came before it was private stays. */
  #makeSure(): readonly RadioEffect<Link, Ear>[] {
    if (!this.#node.isFed) return [];
    const isPrivate = this.plan?.listenTicket === true;
    const strangers = this.#seats.giveUp(({ sure }) => isPrivate && !sure);
    this.#seats.makeSure();
    return strangers.map(givenUp);
  }

  #finishAll(): readonly RadioEffect<Link, Ear>[] {
    return this.#seats.finish().map((last) => ({ do: "finish", ...last }));
  }

  #heard(message: Uint8Array, now: LocalTime): void {
    this.#soundAt = now;
    // The past, told to who did not wait for it: nobody wants to hear it late.
    if (!this.#node.isFed && this.#line?.next !== undefined && !this.#isLive) return;
    this.#isLive ||= this.#node.isFed;
    this.#line?.hear(message, now);
  }

  /** Hands the line what is for the line, and the body what is for the body. */
  #digest(effects: readonly NodeEffect<Link | typeof LINE>[], now: LocalTime): readonly RadioEffect<Link, Ear>[] {
    return effects.flatMap((effect): readonly RadioEffect<Link, Ear>[] => {
      switch (effect.do) {
        case "send":
        case "send-all":
          if (typeof effect.message !== "string") this.#heard(effect.message, now);
          return [];
        case "close":
          return effect.link === LINE ? [] : [{ ...effect, link: effect.link }];
        case "ask":
        case "save":
          return [effect];
        default:
          // The rest is about listeners' links.
          return [];
      }
    });
  }
}

function givenUp<Ear>(ear: Ear): { readonly do: "finish"; readonly ear: Ear; readonly bytes: undefined } {
  return { do: "finish", ear, bytes: undefined };
}
