import { HlsWindow } from "../audio/hls.ts";
import { type OggPlace, OggStream, streamEnd, streamHead } from "../audio/ogg-stream.ts";
import { RadioLine } from "../audio/radio-line.ts";
import type { LocalTime } from "../ids.ts";
import { TreeNode } from "./node.ts";
import type { NodeEffect } from "./node-effect.ts";
import { type Bans, NO_BANS, parseBans } from "./people/bans.ts";
import { isKeptOut, type Visitor } from "./people/visitors.ts";
import type { Saved } from "./saved.ts";
import type { NodeRef, ParentRef, Plan } from "./shape/plan.ts";

/** What hangs below a radio instead of children: it hears every chunk. */
const LINE = Symbol("line");
/** A radio replays nothing to anybody: what its feed keeps is never asked for, in ms. */
const KEEP_MS = 1_000;
/** How much of the room's past is there at once for who comes, in ms: six fragments of two seconds, and what common players want before they start. */
const PAST_MS = 12_000;
/** Pages that a listener's first answer brings: eight seconds. Why so many stands at LEAST_PACKET_BYTES (core/audio/ogg-stream.ts). */
const BURST_PAGES = 40;
/** Pages that are kept: who could not be sent for as long hears all of it later, and then goes on at the live edge. 30 s. */
const KEPT_PAGES = 150;
/** Every listener has his turn once in so many turns: one send a second with five pages costs a fifth of five, and all of them are spread over it. */
export const TURNS = 25;
/** How often there is a turn, in ms. */
export const TURN_MS = 1_000 / TURNS;
/** Packets that one turn brings at the most: who slept catches up over several, and starves nobody. */
const MOST_PACKETS = 100;
/** Without a parent's word for so long, in ms, the line starts all the same: players that get nothing go away. */
const PATIENCE_MS = 1_500;
/** Who has not read for so many of his turns is given up. */
const MOST_MISSED = 60;
/**
 * Who has not taken what he was sent at first within so many of his turns never reads: a player does at once, and a line too thin for it plays
 * nothing. What buffers on the way to him take counts as taken; MOST_OF_ADDRESS bounds what nobody can see.
 */
const MOST_UNREAD = 15;
/** Listeners of one address in one radio, a fifth of its places: more than a house or an office plays at once, and many behind a carrier's one address. */
export const MOST_OF_ADDRESS = 50;
/** Nobody listens to so much silence, in ms, of a room that was forgotten: then the streams end. */
const MOST_QUIET_MS = 4 * 3_600_000;
/** So long after the last question for a fragment or a playlist somebody is still taken to listen to it, in ms: three playlists' time. */
const WATCHED_MS = 10_000;

/** How a radio's body reaches its listeners. */
export type Ears<Ear> = {
  /** True of who can be sent more now: what he was sent before is on its way. */
  wants(ear: Ear): boolean;
  /** Bytes that were sent and still wait for him to read them. */
  queued(ear: Ear): number;
  send(ear: Ear, bytes: Uint8Array<ArrayBuffer>): void;
};

/** Who comes to hear the stream. `serial`: of his own stream, by luck, u32; `title`: as his player shows it; `invited`: he may hear a private room. */
export type Newcomer = { readonly serial: number; readonly title: string; readonly visitor: Visitor; readonly invited: boolean };

/** Why somebody must not be let in. */
export type RadioRefusal = "removed" | "listen-ticket-missing" | "room-ended" | "too-many-joins";

/** What a radio's body must do. */
export type RadioEffect<Link, Ear> =
  | Extract<NodeEffect<Link>, { readonly do: "ask" | "save" | "close" }>
  /** Nothing more comes for this listener; `bytes` before it. */
  | { readonly do: "finish"; readonly ear: Ear; readonly bytes: Uint8Array<ArrayBuffer> | undefined };

type Seat = OggPlace & {
  readonly visitor: Visitor;
  readonly turn: number;
  /** He was let in by a plan that the parent has told or confirmed, or is invited. */
  sure: boolean;
  begun: boolean;
  missed: number;
  /** Bytes that he was sent at first, and so far; looked at until he has read the first. */
  first: number;
  sent: number;
  /** His turns without having read them; undefined once he has. */
  unread: number | undefined;
};

/**
 * The mind of a radio: a node of the tree like any other, with one line of packets below it (core/audio/radio-line.ts) instead of children, and on
 * that line whoever plays the room by plain HTTP. Pure: events in, effects out.
 *
 * It is fed while anybody listens, and lets go of its parent when nobody has for a while.
 */
export class RadioNode<Link, Ear> {
  readonly #node: TreeNode<Link | typeof LINE>;
  readonly #seats = new Map<Ear, Seat>();
  #line: RadioLine | undefined;
  #stream = new OggStream(KEPT_PAGES);
  #hls = new HlsWindow();
  #turn = 0;
  #came = 0;
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
    return !isNear && this.#isCrowded(visitor.address) ? "too-many-joins" : undefined;
  }

  /** Somebody comes to hear the stream. What it begins with is sent at once, the last seconds with it as soon as there are any. */
  join(ear: Ear, who: Newcomer, ears: Ears<Ear>, now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    const { serial, title, visitor, invited } = who;
    const place = this.#stream.begin(serial, BURST_PAGES);
    const head = streamHead(place, title);
    const [turn, sure, sent] = [this.#came++ % TURNS, invited || this.#node.isFed, head.byteLength];
    const seat: Seat = { ...place, visitor, turn, sure, begun: false, missed: 0, first: 0, sent, unread: 0 };
    if (this.#seats.size === 0) this.#soundAt = now;
    this.#seats.set(ear, seat);
    this.#node.meet(random);
    ears.send(ear, head);
    const effects = this.#wake(now, random);
    if (this.#line?.next !== undefined) this.#begin(ear, seat, ears);
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
    this.#seats.delete(ear);
  }

  /** To be called every TURN_MS while somebody is to be served: what is due becomes pages, and whoever's turn it is gets his. */
  turn(ears: Ears<Ear>, now: LocalTime): readonly RadioEffect<Link, Ear>[] {
    if (this.#line !== undefined && this.#line.next === undefined) this.#start(now, now - this.#wokenAt > PATIENCE_MS);
    this.#advance(now);
    if (this.ended || now - this.#soundAt > MOST_QUIET_MS) return this.#finishAll();
    this.#turn = (this.#turn + 1) % TURNS;
    const given: RadioEffect<Link, Ear>[] = [];
    for (const [ear, seat] of this.#seats) {
      if (!seat.begun) this.#begin(ear, seat, ears);
      else if (seat.turn === this.#turn && !this.#serve(ear, seat, ears)) {
        this.#seats.delete(ear);
        given.push({ do: "finish", ear, bytes: undefined });
      }
    }
    return given;
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

  report(): { readonly to: Link; readonly text: string } | undefined {
    const report = this.#node.report();
    return report === undefined || report.to === LINE ? undefined : { to: report.to, text: report.text };
  }

  #wake(now: LocalTime, random: number): readonly RadioEffect<Link, Ear>[] {
    if (this.#line !== undefined) {
      // Nobody has listened for a while, and the line stood still: who comes now hears now.
      while (this.#advance(now) > 0);
      return [];
    }
    this.#line = new RadioLine();
    this.#stream = new OggStream(KEPT_PAGES);
    this.#hls = new HlsWindow();
    for (const seat of this.#seats.values()) seat.next = 0;
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
    const packets = this.#line.take(now, Math.max(MOST_PACKETS, this.#stream.made === 0 ? PAST_MS / 20 : 0));
    this.#stream.add(packets);
    this.#hls.add(packets, slot);
    return packets.length;
  }

  #begin(ear: Ear, seat: Seat, ears: Ears<Ear>): void {
    if (this.#stream.made === 0) return;
    Object.assign(seat, { ...this.#stream.begin(seat.serial, BURST_PAGES), begun: true });
    this.#serve(ear, seat, ears);
  }

  /** False of who has not read for too long. */
  #serve(ear: Ear, seat: Seat, ears: Ears<Ear>): boolean {
    if (seat.first > 0 && seat.sent - ears.queued(ear) >= seat.first) seat.unread = undefined;
    if (seat.unread !== undefined && ++seat.unread > MOST_UNREAD) return false;
    if (!ears.wants(ear)) return ++seat.missed <= MOST_MISSED;
    seat.missed = 0;
    const bytes = this.#stream.take(seat, BURST_PAGES);
    if (bytes !== undefined) ears.send(ear, bytes);
    if (seat.unread !== undefined) seat.sent += bytes?.byteLength ?? 0;
    if (seat.first === 0) seat.first = seat.sent;
    return true;
  }

  /** True if as many of one address listen here as may. Of whom nobody knows where he comes from, there may be any number. */
  #isCrowded(address: string | undefined): boolean {
    if (address === undefined) return false;
    let held = 0;
    for (const { visitor } of this.#seats.values()) if (visitor.address === address) held++;
    return held >= MOST_OF_ADDRESS;
  }

  /** Whom the room keeps out from here on hears nothing more. */
  #dismiss(): readonly RadioEffect<Link, Ear>[] {
    const { bans } = this;
    return this.#giveUp(({ visitor }) => isKeptOut(bans, visitor));
  }

  /** A sleeper let people in by what the edge knew; now that the parent has told its plan, a private room's are sent away. Who came before it was private stays. */
  #makeSure(): readonly RadioEffect<Link, Ear>[] {
    if (!this.#node.isFed) return [];
    const isPrivate = this.plan?.listenTicket === true;
    const strangers = this.#giveUp(({ sure }) => isPrivate && !sure);
    for (const seat of this.#seats.values()) seat.sure = true;
    return strangers;
  }

  #giveUp(isToGo: (seat: Seat) => boolean): readonly RadioEffect<Link, Ear>[] {
    const gone = [...this.#seats].filter(([, seat]) => isToGo(seat));
    for (const [ear] of gone) this.#seats.delete(ear);
    return gone.map(([ear]) => ({ do: "finish", ear, bytes: undefined }));
  }

  #finishAll(): readonly RadioEffect<Link, Ear>[] {
    const finished = [...this.#seats].map(([ear, seat]) => ({ do: "finish", ear, bytes: streamEnd(seat) }) as const);
    this.#seats.clear();
    return finished;
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
