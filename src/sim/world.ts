import { LANE_BEHIND_MS } from "../core/audio/lane-mind.ts";
import type { Position } from "../core/audio/position.ts";
import { parseRoomId, type RoomId } from "../core/ids.ts";
import type { NodeRef, ParentRef } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import { AudienceHost } from "./audience-host.ts";
import type { Directory, Escort } from "./calls.ts";
import { CALL_MS } from "./children.ts";
import { Clock } from "./clock.ts";
import { Crowd } from "./crowd.ts";
import { Isolate } from "./edge.ts";
import { Greetings } from "./greetings.ts";
import type { Ground } from "./ground.ts";
import { Invariants } from "./invariants.ts";
import { LINES } from "./line.ts";
import { anyOf, streams } from "./luck.ts";
import { Measures } from "./measures.ts";
import { NodeHost } from "./node-host.ts";
import { RoomHost } from "./room-host.ts";
import { Server } from "./server.ts";
import { SharedChunks } from "./shared-chunks.ts";
import { SharedTexts } from "./shared-texts.ts";
import { SoundReader } from "./sound.ts";
import { SpeakerPage } from "./speaker.ts";
import { Watch } from "./watch.ts";
import { planOf, VERIFY_KEY, type WorldSettings } from "./world-settings.ts";

/** How often the root and the relays are looked at, in ms; leaves once a second. */
const SWEEP_MS = 250;
/** A dead object can be called again after this, in ms: its next call starts it elsewhere. Assumed. */
const RESTART_MS = 500;
/** What was said to all is kept for so long, in s: until then it is conveyed to whoever is looked at, and nobody is looked at for it. */
const KEEP_SAID_S = 5;
/** When the host goes on air, in ms. */
const ON_AIR_MS = 200;

/** A whole evening in virtual time: the objects, the lines between them, and everybody who listens. The same seed plays the same evening. */
export class World implements Directory {
  readonly settings: WorldSettings;
  readonly ground: Ground;
  readonly invariants: Invariants;
  readonly measures: Measures;
  readonly crowd: Crowd;
  /** The room that feeds the audience; another after a move. */
  room: RoomHost;
  readonly audience: AudienceHost;
  host: SpeakerPage;
  readonly #clock = new Clock();
  /** Which of `#all` each node is, by region, level and index. */
  readonly #numbers = new Map<Region, number[][]>();
  readonly #all: NodeHost[] = [];
  readonly #leaves: NodeHost[] = [];
  readonly #relays: NodeHost[] = [];
  readonly #rooms = new Map<RoomId, RoomHost>();
  readonly #watch: Watch;
  readonly #reader = new SoundReader();
  readonly #chunks = new SharedChunks();
  readonly #texts = new SharedTexts();
  readonly #greetings = new Greetings();
  #lastChange = 0;
  #lastFault = 0;
  #lastSilence = Number.NEGATIVE_INFINITY;
  #seated = 0;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    const clock = this.#clock;
    this.invariants = new Invariants(() => clock.now);
    const shared = new Server(clock, settings.costs);
    this.measures = new Measures(LINES[settings.lines].delaysMs);
    this.ground = {
      clock,
      luck: streams(settings.seed),
      costs: settings.costs,
      lines: LINES[settings.lines],
      measures: this.measures,
      invariants: this.invariants,
      server: () => (settings.processes === "one" ? shared : new Server(clock, settings.costs)),
      canWait: settings.processes === "own",
      publishers: new Map(),
      nodeRequests: settings.nodeRequests,
      timers: { lateMs: 0 },
    };
    const plan = planOf(settings);
    const home = settings.origins[0]?.region ?? "weur";
    this.audience = new AudienceHost(this.ground, home, plan);
    this.room = new RoomHost(this.ground, home, plan, this.audience, this, {
      chunkMs: settings.chunkMs,
      maxListeners: settings.maxListeners,
      make: settings.minds.root,
    });
    this.#rooms.set(plan.root, this.room);
    const { listeners, arrivals, origins, isolatesPerRegion } = settings;
    const coming = { listeners, perSecond: arrivals, fromMs: settings.doorsMs, origins, isolatesPerRegion, slow: settings.slow };
    this.crowd = new Crowd(this.ground, coming, () => new Isolate(this.ground, this.audience), {
      numberOf: (node) => this.#numberOf(node),
      leafOf: (number) => this.#nodeOf(number),
      laneAt: () => this.#laneAt(),
    });
    this.#watch = new Watch(this.ground, {
      nodes: () => this.#all,
      room: () => this.room,
      present: () => this.crowd.present,
      inLane: () => this.crowd.inLane,
      seated: () => this.crowd.seated,
      lastChange: () => this.#lastChange,
      lastFault: () => this.#lastFault,
      lastSilence: () => this.#lastSilence,
    });
    this.host = new SpeakerPage(this.ground, this.room);
    if (settings.hasHost) clock.after(ON_AIR_MS, () => this.host.connect());
    this.#sweep();
    this.#second();
    if (settings.leaving > 0) this.#leave();
  }

  /** Virtual time, in ms. */
  get now(): number {
    return this.#clock.now;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#clock.happened;
  }

  /** Every leaf and relay that was ever called. */
  get nodes(): readonly NodeHost[] {
    return this.#all;
  }

  /** Lets `ms` pass. */
  play(ms: number): void {
    this.#clock.play(this.#clock.now + ms);
  }

  /** Whatever has come to anybody is lived through: then all is counted. */
  catchUp(): void {
    for (const node of this.#all) node.catchUp();
  }

  /** `action` at an instant of the evening, in ms. */
  at(ms: number, action: () => void): void {
    this.#clock.at(ms, { run: action });
  }

  child(node: NodeRef): NodeHost {
    return this.#nodeOf(this.#numberOf(node));
  }

  #numberOf(node: NodeRef): number {
    let levels = this.#numbers.get(node.region);
    if (levels === undefined) {
      levels = [];
      this.#numbers.set(node.region, levels);
    }
    let level = levels[node.level];
    if (level === undefined) {
      level = [];
      levels[node.level] = level;
    }
    const known = level[node.index];
    if (known !== undefined) return known;
    const made = this.#make(node);
    level[node.index] = made.id;
    return made.id;
  }

  #make(node: NodeRef): NodeHost {
    const hearing = {
      reader: this.#reader,
      chunks: this.#chunks,
      texts: this.#texts,
      greetings: this.#greetings,
      population: this.crowd,
      stride: this.settings.stride,
    };
    const made = new NodeHost(this.ground, node, this.#all.length, this, { hearing, make: this.settings.minds.node, watch: this.#watch });
    this.crowd.guide.porch.build(made.id);
    this.#all.push(made);
    (made.below === "nodes" ? this.#relays : this.#leaves).push(made);
    return made;
  }

  get escort(): Escort {
    return this.crowd.guide;
  }

  #nodeOf(number: number): NodeHost {
    const node = this.#all[number];
    if (node === undefined) throw new Error(`no node ${number}`);
    return node;
  }

  parent(parent: ParentRef): NodeHost | RoomHost {
    return parent.kind === "root" ? (this.#rooms.get(parent.room) ?? this.room) : this.child(parent.node);
  }

  /**
   * A successor's room takes the audience over, and its host goes on air. Nobody asks the room that was.
   *
   * @param name of the new room
   */
  moveTo(name: string): void {
    const to = parseRoomId(name);
    if (to === undefined) throw new Error(`no room's name: ${name}`);
    const { audience, settings } = this;
    const adoption = {
      from: this.room.plan.root,
      ticket: `successor-${name}`,
      verifyKey: VERIFY_KEY,
      summary: { room: to, phase: "quiet" },
    };
    this.#clock.after(2 * CALL_MS, () => {
      audience.requested();
      const answer = audience.adopt(adoption);
      if (answer === undefined || "moved" in answer) return;
      const { chunkMs, maxListeners, minds } = settings;
      const room = new RoomHost(this.ground, this.room.region, answer.plan, audience, this, {
        chunkMs,
        maxListeners,
        make: minds.root,
        epoch: answer.epoch,
      });
      this.#rooms.set(to, room);
      this.room = room;
      room.takeOver();
      this.host.leave();
      this.host = new SpeakerPage(this.ground, room);
      this.host.connect();
      this.faulty();
    });
  }

  /** When something last broke, in ms. */
  get lastFault(): number {
    return this.#lastFault;
  }

  /** Something is broken at this moment. */
  faulty(): void {
    this.#lastFault = this.#clock.now;
  }

  /** An object dies; it can be called again after `downMs`. */
  kill(host: NodeHost | RoomHost | AudienceHost, downMs = RESTART_MS): void {
    host.die(downMs);
    this.#clock.after(downMs, () => this.faulty());
    this.faulty();
  }

  /** A link above a leaf or relay falls silent, by luck, and nobody is told. */
  halfOpen(below: "listeners" | "nodes"): void {
    const node = this.anyAwake(below);
    for (const link of node?.uplinks ?? []) link.silence();
    this.silent();
  }

  /** Links fell silent, and nobody was told. */
  silent(): void {
    this.#lastSilence = this.#clock.now;
    this.faulty();
  }

  /** A page from which a room is spoken to. */
  speakerFor(room: RoomHost): SpeakerPage {
    return new SpeakerPage(this.ground, room);
  }

  /** For a while every timer fires up to so much too late, in ms: machines are busy. */
  lateTimers(lateMs: number, forMs: number): void {
    this.ground.timers.lateMs = lateMs;
    this.#clock.after(forMs, () => {
      this.ground.timers.lateMs = 0;
      this.faulty();
    });
    this.faulty();
  }

  /** Every object is started anew on other code: all sockets drop. */
  deploy(): void {
    for (const node of this.#all) if (node.mind !== undefined) node.die(0);
    this.room.die(0);
    this.crowd.evictIsolates();
    this.faulty();
  }

  /** Awake leaves or relays. */
  awake(below: "listeners" | "nodes"): readonly NodeHost[] {
    return this.#all.filter((node) => node.below === below && node.mind !== undefined);
  }

  /** Any awake leaf or relay, by luck. */
  anyAwake(below: "listeners" | "nodes"): NodeHost | undefined {
    return anyOf(this.awake(below), this.ground.luck.faults());
  }

  /** One awake leaf or relay dies, by luck. */
  killAny(below: "listeners" | "nodes"): void {
    const node = this.anyAwake(below);
    if (node !== undefined) this.kill(node);
  }

  /** The cached lane follows the room at a fixed distance (core/audio/lane-mind.ts); as soon as there is so much. */
  #laneAt(): Position | undefined {
    const newest = this.room.mind?.down.feed.newest;
    const behind = Math.ceil(LANE_BEHIND_MS / this.settings.chunkMs);
    return newest === undefined || newest.sequence <= behind ? undefined : { epoch: newest.epoch, sequence: newest.sequence - behind };
  }

  /** Whether anybody came or went since it was asked last. */
  #noteChange(): void {
    if (this.crowd.seated !== this.#seated || !this.crowd.isComplete) this.#lastChange = this.#clock.now;
    this.#seated = this.crowd.seated;
  }

  #sweep(): void {
    this.#clock.after(SWEEP_MS, () => {
      this.#noteChange();
      this.#watch.nodes(this.#relays);
      this.#watch.root();
      this.#sweep();
    });
  }

  #second(): void {
    this.#clock.after(1_000, () => {
      const live = this.crowd.seated;
      const forgets = Math.round(this.now / 1_000) % KEEP_SAID_S === 0;
      let nodes = 0;
      let stride = 1;
      this.#watch.leaves(this.#leaves);
      this.#noteChange();
      this.#watch.all();
      for (const node of this.#all) {
        if (forgets) node.forgetSaid();
        const { mind } = node;
        if (mind === undefined) continue;
        nodes++;
        stride = Math.max(stride, mind.down.stride);
      }
      if (forgets) for (const room of this.#rooms.values()) room.forgetSaid();
      this.measures.close({
        live,
        away: this.crowd.present - live - this.crowd.inLane,
        cached: this.crowd.inLane,
        stride,
        nodes,
        unseen: this.crowd.unseen,
      });
      this.#second();
    });
  }

  /** One of those who listen leaves. */
  #leave(): void {
    const { luck } = this.ground;
    this.#clock.after((-Math.log(1 - luck.arrivals()) * 1_000) / this.settings.leaving, () => {
      const leaf = anyOf(this.awake("listeners"), luck.arrivals());
      if (leaf?.loseOne(luck.arrivals())) this.crowd.left();
      this.#leave();
    });
  }
}
