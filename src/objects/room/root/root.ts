import type { Bundle, PlacedFrame } from "../../../core/audio/bundle.ts";
import { LAST_SEQUENCE, type Position } from "../../../core/audio/position.ts";
import { localTime, type SessionId } from "../../../core/ids.ts";
import type { Ask } from "../../../core/tree/people/asks.ts";
import type { Reactions } from "../../../core/tree/people/reactions.ts";
import { type RootEffect, TreeRoot } from "../../../core/tree/root.ts";
import type { Limits } from "../../../core/tree/shape/grow.ts";
import { childrenOf, type NodeRef, type ParentRef, type Plan } from "../../../core/tree/shape/plan.ts";
import type { CrowdFigures } from "../../../core/tree/up/crowd.ts";
import type { Totals } from "../../../core/tree/up/totals.ts";
import { unreachable } from "../../../core/unreachable.ts";
import { ENDING } from "../../../core/wire/ending.ts";
import type { AttachAnswer, AttachAsk } from "../../calls/parent.ts";
import type { Env } from "../../env.ts";
import { log } from "../../log.ts";
import { end, send, sendAll } from "../../sockets.ts";
import { Children } from "../../tree/children.ts";
import type { RoomRecord } from "../room-store.ts";
import type { Lease } from "./lease.ts";

/** The one periodic event of a root, in ms. */
const SECOND_MS = 1_000;
/** Times that a top node which cannot be reached is dialed by a new root; afterwards it comes by itself: the audience tells it where to. */
const TAKE_OVER_TRIES = 3;
/** Between two such tries, in ms. */
const TAKE_OVER_MS = 1_000;

/** What the room must hear of its tree. */
export type RootEvents = {
  /** Anything came from a child: it is billed, whatever it says. */
  heard(): void;
  /** What `figures` says of the audience below may have changed. */
  counted(): void;
  /** Listeners ask: each ask comes once, some sixteen a second at most. */
  asked(asks: readonly Ask[]): void;
  /** How often each reaction was tapped since the room was made; at most once a second. */
  reacted(counts: Reactions): void;
  /** The tree calls for this plan: to be stored, then adopted. */
  grow(plan: Plan): void;
  /** Other voices that stand by are on air now than before: these. */
  steppedIn(voices: readonly number[]): void;
  /** A child let go and said that another feeds it: this root may have been replaced. */
  doubted(): void;
};

/** The body of the tree's root, inside the room's object: its timer, and the sockets to the top nodes. Decides nothing. */
export class Root {
  readonly #mind: TreeRoot<WebSocket>;
  readonly #children: Children;
  readonly #events: RootEvents;
  readonly #lease: Lease;
  /** What a child is told once this root must feed nobody. */
  #refusal: AttachAnswer | undefined;
  #steppedIn: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #second: ReturnType<typeof setTimeout> | undefined;

  constructor(env: Env, { plan, epoch, ended, maxListeners, movedTo }: RoomRecord, lease: Lease, events: RootEvents) {
    this.#events = events;
    this.#lease = lease;
    if (movedTo !== undefined) this.#refusal = { dialed: false, why: "moved", plan: movedTo.plan };
    this.#mind = new TreeRoot(plan, epoch, ended, localTime(Date.now()), {
      maxListeners: maxListeners ?? Number.POSITIVE_INFINITY,
    });
    this.#children = new Children(env, {
      heard: events.heard,
      joined: (link, from) => this.#perform(this.#mind.join(link, from, localTime(Date.now()))),
      left: (link, code) => {
        if (this.#mind.leave(link)) events.counted();
        if (code === ENDING.uprooted.code || code === ENDING.unfed.code) events.doubted();
        this.#settle();
      },
      counted: (link, report) => {
        if (this.#mind.count(link, report)) events.counted();
        const asks = this.#mind.asked();
        if (asks.length > 0) events.asked(asks);
        this.#settle();
      },
    });
  }

  get listeners(): number {
    return this.#mind.listeners;
  }

  /** The audience as its people are told of it. */
  figures(): CrowdFigures {
    return this.#mind.figures();
  }

  /** What an object that begins anew should know of the audience: to be stored at most once a minute, and never while sound waits for it. */
  memory(): string {
    return this.#mind.memory();
  }

  /** What `memory` said in an earlier life; to be told before anything is counted. */
  recall(memory: string): void {
    this.#mind.recall(memory);
  }

  /** Figures of the whole tree, by the newest reports. */
  totals(): Totals {
    return this.#mind.totals();
  }

  /** The plan that the tree lives by. */
  get plan(): Plan {
    return this.#mind.plan;
  }

  /** Leaves that the plan has. */
  get leaves(): number {
    return this.#mind.leaves;
  }

  /** True while more is wanted than the operator allows. */
  get isFull(): boolean {
    return this.#mind.isFull;
  }

  /** True while the clock runs. */
  get isLive(): boolean {
    return this.#timer !== undefined;
  }

  /** True once nobody is to be fed from here any more. */
  get isEnded(): boolean {
    return this.#mind.down.ended || this.#refusal !== undefined;
  }

  /** What the operator allows this room. */
  set limits(limits: Limits) {
    this.#mind.limits = limits;
  }

  /** A plan that is stored: the tree lives by it from here on. */
  adopt(plan: Plan): void {
    this.#perform(this.#mind.adopt(plan));
  }

  /** A sign of life for a tree that waits. */
  heartbeat(): void {
    this.#perform(this.#mind.heartbeat());
  }

  /** The clock and timeline; undefined until the first `begin` of this object's life. */
  get bundle(): Bundle | undefined {
    return this.#mind.bundle;
  }

  /** Room time now, in ms since the epoch began. */
  get roomTime(): number {
    return this.bundle?.roomTimeAt(Date.now()) ?? 0;
  }

  /**
   * The newest chunk that children were sent. Before the first of this life: what comes before its epoch, or while it has begun none, the last
   * that they can have heard of the room's `lastEpoch`.
   */
  toldUpTo(lastEpoch: number): Position {
    const { newest } = this.#mind.down.feed;
    if (newest.epoch > 0) return newest;
    return { epoch: lastEpoch, sequence: this.bundle === undefined ? LAST_SEQUENCE : 0 };
  }

  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    return this.#refusal ?? this.#children.attach(ask, this.#mind.plan, this.#self);
  }

  /** A new epoch, claimed by the caller; its timeline begins now. */
  begin(epoch: number, chunkMs: number): void {
    this.#mind.begin(epoch, chunkMs, localTime(Date.now()));
  }

  /** Runs the clock; after a pause the timeline goes on at now. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#lease.hold();
    this.#perform(this.#mind.start(localTime(Date.now())));
    this.#arm();
    this.#settle();
  }

  /** Stops the clock; the links stay. */
  stop(): void {
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
    this.#lease.drop();
    this.#perform(this.#mind.stop());
  }

  /** A frame to be heard, by who stands by only while nobody else is; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame, standsBy = false): void {
    this.#mind.add(voice, frame, standsBy);
  }

  /** A state for the tree. */
  tell(text: string): void {
    this.#perform(this.#mind.down.tell(text));
  }

  /** A text for one listener, over his leaf: told once, and lost if he is nowhere just then. */
  whisper(to: SessionId, text: string): void {
    this.#perform(this.#mind.whisper(to, text));
  }

  /** Closes a listener's sockets (4503), wherever they are; whether he may come back is for the bans to say. `address`: his leaf asks for its ban. */
  dismiss(session: SessionId, address = false): void {
    this.#perform(this.#mind.remove(session, address));
  }

  /** Tells every leaf that the room is over. */
  end(): void {
    this.stop();
    this.#perform(this.#mind.down.end());
  }

  /** Takes over a tree that another root fed: the nodes that hang on it are dialed, since they do not know yet whom to ask. */
  async takeOver(): Promise<void> {
    let left: readonly NodeRef[] = childrenOf(this.#mind.plan, "root");
    for (let attempt = 0; left.length > 0 && attempt < TAKE_OVER_TRIES; attempt++) {
      if (attempt > 0) await new Promise((wake) => setTimeout(wake, TAKE_OVER_MS));
      left = await this.#children.reach(left, this.#self);
    }
  }

  /** Stops, and lets go of all links. Who asks afterwards is told who feeds now, if that is known. */
  abdicate(successor?: Plan): void {
    this.stop();
    this.#refusal = { dialed: false, why: "not the root any more", ...(successor === undefined ? {} : { plan: successor }) };
    this.#children.close();
    this.#perform(this.#mind.abdicate());
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, (this.#mind.due ?? 0) - Date.now()));
  }

  #tick(): void {
    const tick = this.#mind.tick(localTime(Date.now()));
    if (tick !== undefined) {
      this.#perform(tick.effects);
      const { sequence, ticks } = tick.closed;
      // Once per merge beyond a second, not per chunk: a host who reads the log should see that the machine slept.
      if (ticks >= 10) log("ticks-merged", { sequence, ticks });
      this.#tellSteppedIn();
    }
    this.#arm();
  }

  #tellSteppedIn(): void {
    const now = this.bundle?.steppedIn ?? [];
    if (now.length === this.#steppedIn.length && now.every((voice, index) => voice === this.#steppedIn[index])) return;
    this.#steppedIn = now;
    this.#events.steppedIn(now);
  }

  get #self(): ParentRef {
    return { kind: "root", room: this.#mind.plan.root };
  }

  #settle(): void {
    if (this.#mind.wantsSeconds) this.#second ??= setTimeout(() => this.#pass(), SECOND_MS);
  }

  #pass(): void {
    this.#second = undefined;
    this.#perform(this.#mind.second(localTime(Date.now())));
    this.#settle();
  }

  #perform(effects: readonly RootEffect<WebSocket>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "send":
          send(effect.to, effect.message);
          break;
        case "send-all":
          sendAll(this.#mind.down.live, effect.message);
          break;
        case "mark-live":
        // The root has no listeners of its own.
        case "deliver":
          break;
        case "counted":
          this.#events.counted();
          break;
        case "asked":
          this.#events.asked(effect.asks);
          break;
        case "reacted":
          this.#events.reacted(effect.counts);
          break;
        case "store-plan":
          if (!this.isEnded) this.#events.grow(effect.plan);
          break;
        case "wake":
          if (!this.isEnded) this.#children.wake(effect.children, this.#self);
          break;
        case "redial":
          if (!this.isEnded) this.#children.redial(effect.link, this.#self);
          break;
        case "close":
          end(effect.link, ENDING[effect.ending]);
          break;
        default:
          unreachable(effect);
      }
    }
  }
}
