import type { SessionId } from "../core/ids.ts";
import { newRoom, type Room as People } from "../core/room/state.ts";
import type { RootEffect } from "../core/tree/root.ts";
import type { Claimed, Moved } from "../core/tree/shape/audience.ts";
import type { Limits } from "../core/tree/shape/grow.ts";
import { childrenOf, type Plan } from "../core/tree/shape/plan.ts";
import type { Expectation, Progress } from "../core/tree/shape/plant.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { StageSays, State } from "../core/wire/messages.ts";
import { audienceStateOf, type Head, reactionsStateOf, roomStateOf, stageStateOf } from "../core/wire/room-states.ts";
import type { AudienceHost } from "./audience-host.ts";
import type { AttachAnswer, AttachAsk, Directory, ParentHost } from "./calls.ts";
import { CALL_MS, Children } from "./children.ts";
import { Doubt } from "./doubt.ts";
import { Fan } from "./fan.ts";
import type { Ground } from "./ground.ts";
import { Host } from "./host.ts";
import type { Minds, RootMind } from "./minds.ts";
import type { Moment } from "./moment.ts";
import { Planting } from "./planting.ts";
import { type Awake, RoomStage } from "./room-stage.ts";
import type { LinkEnd, Socket } from "./socket.ts";
import type { Stage, StagePage } from "./speaker.ts";

/** As in objects/room/told/announcer.ts and objects/room/room-object.ts. */
const COUNT_MS = 1_000;
const RETRY_MS = 1_000;
const LIFE_REVISIONS = 2 ** 32;
const SECOND_MS = 1_000;
const NOTE_MS = 5_000;

/** Makes a root's mind from what the room has stored. */
export type MakeRoot = Minds["root"];

export type RoomSettings = {
  readonly chunkMs: number;
  readonly maxListeners: number;
  readonly make: MakeRoot;
  /** Of a room that took an audience over: the epoch that it claimed with it. */
  readonly epoch?: number;
};

/** The room's object: people, and the root of the tree while live; does what objects/room/room-object.ts, root.ts and announcer.ts do. */
export class RoomHost extends Host implements ParentHost, Stage {
  readonly #directory: Directory;
  readonly #audience: AudienceHost;
  readonly #make: MakeRoot;
  readonly #chunkMs: number;
  readonly #limits: Limits;
  #record: { plan: Plan; epoch: number; ended: boolean; movedTo: Plan | undefined };
  readonly #doubt = new Doubt(this);
  #children: Children;
  readonly #fan: Fan;
  #awake: Awake | undefined;
  #stage: RoomStage;
  #lives = 0;
  #revision = 0;
  #ticking: Moment | undefined;
  #isStarting = false;
  #liveSince = 0;
  #counting: Moment | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #second: Moment | undefined;
  #noting: Moment | undefined;
  readonly #planting: Planting;

  constructor(ground: Ground, region: string, plan: Plan, audience: AudienceHost, directory: Directory, settings: RoomSettings) {
    super(ground, "root", plan.root, region);
    const { chunkMs, maxListeners, make } = settings;
    this.#record = { plan, epoch: settings.epoch ?? 0, ended: false, movedTo: undefined };
    this.#limits = { maxListeners };
    this.#audience = audience;
    this.#directory = directory;
    this.#chunkMs = chunkMs;
    this.#make = make;
    this.#children = this.#noChildren();
    this.#fan = new Fan(this);
    this.#stage = this.#newStage();
    this.#planting = this.#newPlanting();
  }

  get mind(): RootMind | undefined {
    return this.#awake?.mind;
  }

  /** As NodeHost.forgetSaid. */
  forgetSaid(): void {
    this.#fan.forget();
  }

  get plan(): Plan {
    return this.#record.plan;
  }

  get children(): ReadonlyMap<string, LinkEnd> {
    return this.#children.links;
  }

  /** Since when chunks leave, in ms of virtual time. */
  get liveSince(): number {
    return this.#liveSince;
  }

  /** True while chunks leave. */
  get isLive(): boolean {
    return this.#ticking !== undefined;
  }

  override die(downMs: number): void {
    this.#fan.forget();
    const links = [...this.#children.links.values()];
    const stage = this.#stage;
    super.die(downMs);
    this.#awake = undefined;
    this.#doubt.forget();
    this.#children = this.#noChildren();
    this.#stage = this.#newStage();
    this.#ticking = this.#counting = this.#second = this.#noting = undefined;
    this.#isStarting = false;
    this.#countedAt = Number.NEGATIVE_INFINITY;
    for (const link of links) link.abandon();
    stage.breaks();
  }

  attach(ask: AttachAsk, reply: (answer: AttachAnswer) => void): void {
    this.#wake();
    this.#doubt.whenSure(() => {
      const plan = this.#awake?.mind.plan;
      const { movedTo } = this.#record;
      if (movedTo !== undefined) return reply({ dialed: false, plan: movedTo });
      if (plan === undefined) return reply({ dialed: false });
      this.#children.attach(ask, plan, { kind: "root", room: plan.root }, reply);
    });
  }

  seat(session: SessionId, name: string, page: StagePage): number | "gone" {
    this.requested();
    const awake = this.#wake();
    if (this.#record.ended || this.#record.movedTo !== undefined) return "gone";
    return this.#stage.seat(awake, session, name, page);
  }

  say(connection: number, said: StageSays): void {
    if (this.#awake !== undefined) this.#stage.say(this.#awake, connection, said);
  }

  spoke(connection: number, message: Uint8Array): void {
    if (this.#awake !== undefined) this.#stage.spoke(this.#awake, connection, message);
  }

  left(connection: number): void {
    this.#stage.left(this.#awake, connection);
  }

  #wake(): Awake {
    if (this.#awake !== undefined) return this.#awake;
    const { plan, epoch, ended } = this.#record;
    const phase = ended ? "ended" : "quiet";
    const people: People = { ...newRoom({ id: plan.root, title: "An evening", chunkMs: this.#chunkMs }), phase };
    this.#awake = { mind: this.#make(plan, epoch, ended, this.local, this.#limits), people };
    this.#revision = ++this.#lives * LIFE_REVISIONS;
    this.#tell(roomStateOf(people, epoch, this.#head()));
    this.#tell(stageStateOf(people, this.#head()));
    this.#doubts();
    return this.#awake;
  }

  /** Takes over the tree of another room, in the epoch that was claimed with it; as objects/room/reign.ts and root.ts do. */
  takeOver(): void {
    const { mind } = this.#wake();
    this.ground.publishers.set(this.#record.epoch, this.aheadMs);
    mind.begin(this.#record.epoch, this.#chunkMs, this.local);
    this.#children.reachAll(childrenOf(mind.plan, "root"), { kind: "root", room: this.#record.plan.root });
  }

  #doubts(): void {
    this.#doubt.begin((known) => this.#note(known));
  }

  /** Another room feeds the audience: this one never publishes again. */
  #lose({ plan }: Moved): void {
    const awake = this.#awake;
    if (this.#record.movedTo !== undefined || awake === undefined) return;
    this.#record = { ...this.#record, movedTo: plan };
    this.#stop();
    this.#perform(awake.mind.abdicate());
    this.#stage.handle(awake, { type: "claim-refused" });
    this.#stage.close("moved");
  }

  #start(awake: Awake): void {
    if (this.#record.movedTo !== undefined) return;
    if (awake.mind.bundle !== undefined) return this.#run(awake);
    this.#ready(awake);
  }

  #ready(awake: Awake): void {
    if (this.#isStarting || awake.mind.bundle !== undefined || this.#record.movedTo !== undefined) return;
    this.#isStarting = true;
    this.ask<Claimed | Moved | undefined>(
      this.#audience,
      CALL_MS,
      (reply) => reply(this.#audience.claim(this.#record.plan.root)),
      (claim) => {
        this.#isStarting = false;
        if (claim === undefined) {
          this.later(RETRY_MS, () => (awake.people.phase === "live" ? this.#start(awake) : undefined));
          return;
        }
        if ("moved" in claim) return this.#lose(claim);
        this.#record = { ...this.#record, epoch: claim.epoch };
        this.ground.publishers.set(claim.epoch, this.aheadMs);
        awake.mind.begin(claim.epoch, this.#chunkMs, this.local);
        this.#tell(roomStateOf(awake.people, claim.epoch, this.#head()));
        if (awake.people.phase === "live") this.#run(awake);
      },
    );
  }

  #run(awake: Awake): void {
    if (this.#ticking !== undefined) return;
    this.#liveSince = this.ground.clock.now;
    this.#perform(awake.mind.start(this.local));
    this.#arm(awake);
    this.#settle();
  }

  #stop(): void {
    this.#ticking?.cancel();
    this.#ticking = undefined;
    this.#perform(this.#awake?.mind.stop() ?? []);
  }

  #arm(awake: Awake): void {
    this.#ticking = this.later(Math.max(0, (awake.mind.due ?? 0) - this.local), () => {
      const tick = awake.mind.tick(this.local);
      if (tick !== undefined) this.#perform(tick.effects);
      this.#arm(awake);
    });
  }

  #end(awake: Awake): void {
    this.#record = { ...this.#record, ended: true };
    this.#stop();
    this.#perform(awake.mind.down.end());
    this.#stage.close("ended");
  }

  #perform(effects: readonly RootEffect<Socket>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "send":
          effect.to.send(effect.message);
          break;
        case "send-all":
          this.#fan.say(this.#awake?.mind.down.live ?? [], effect.message);
          break;
        case "mark-live":
        // The root has no listeners of its own.
        case "deliver":
          break;
        case "counted":
          this.#counted();
          break;
        case "asked":
          this.ground.measures.asked += effect.asks.length;
          break;
        case "reacted":
          this.ground.measures.tapsCounted = Object.values(effect.counts).reduce((sum, count) => sum + count, 0);
          this.#tell(reactionsStateOf(effect.counts, this.#head()));
          break;
        case "store-plan":
          this.#planting.grow(effect.plan);
          break;
        case "wake":
          this.#children.wake(effect.children, { kind: "root", room: this.#record.plan.root });
          break;
        case "redial":
          this.#children.redial(effect.link, { kind: "root", room: this.#record.plan.root });
          break;
        case "close":
          effect.link.close(ENDING[effect.ending].code);
          break;
        default:
          unreachable(effect);
      }
    }
  }

  #counted(): void {
    const sinceMs = this.ground.clock.now - this.#countedAt;
    this.#counting ??= this.later(Math.max(0, COUNT_MS - sinceMs), () => {
      this.#counting = undefined;
      this.#countedAt = this.ground.clock.now;
      this.#tell(audienceStateOf(this.#awake?.mind.figures() ?? { listeners: 0 }, this.#head()));
    });
    this.#noting ??= this.later(NOTE_MS, () => {
      this.#noting = undefined;
      this.#note();
    });
  }

  /** As Planting.expect. */
  expect(expectation: Expectation): void {
    this.#planting.expect(this.#wake().mind, expectation);
  }

  /** As Planting.progress. */
  progress(): Progress {
    return this.#planting.progress(this.#wake().mind);
  }

  #newPlanting(): Planting {
    const host = this;
    return new Planting(this, {
      get mind() {
        return host.mind;
      },
      perform: (effects) => this.#perform(effects),
      stored: (plan) => {
        this.#record = { ...this.#record, plan };
        this.#perform(this.#awake?.mind.adopt(plan) ?? []);
        this.#note();
      },
    });
  }

  /** The public summary, and the plan, go to the audience's object, which edges ask. */
  #note(done: () => void = () => undefined): void {
    const { plan } = this.#record;
    const phase = this.#awake?.people.phase ?? "quiet";
    this.ask<Moved | "noted">(
      this.#audience,
      CALL_MS,
      (reply) => reply(this.#audience.note(plan, phase) ?? "noted"),
      (answer) => {
        if (typeof answer === "object") this.#lose(answer);
        done();
      },
    );
  }

  #settle(): void {
    if (this.#awake?.mind.wantsSeconds) this.#second ??= this.later(SECOND_MS, () => this.#pass());
  }

  #pass(): void {
    this.#second = undefined;
    this.#perform(this.#awake?.mind.second(this.local) ?? []);
    this.#settle();
  }

  #tell(state: State): void {
    const text = JSON.stringify(state);
    this.#perform(this.#awake?.mind.down.tell(text) ?? []);
    this.#stage.hears(text);
  }

  #head(): Head {
    return { revision: ++this.#revision, roomTime: this.#roomTime };
  }

  get #roomTime(): number {
    return this.#awake?.mind.bundle?.roomTimeAt(this.local) ?? 0;
  }

  #newStage(): RoomStage {
    const host = this;
    return new RoomStage(this, {
      get epoch() {
        return host.#record.epoch;
      },
      get roomTime() {
        return host.#roomTime;
      },
      head: () => this.#head(),
      tell: (state) => this.#tell(state),
      start: (awake) => this.#start(awake),
      ready: (awake) => this.#ready(awake),
      stop: () => this.#stop(),
      end: (awake) => this.#end(awake),
    });
  }

  #noChildren(): Children {
    return new Children(this, this.#directory, {
      joined: (link, from) => this.#perform(this.#awake?.mind.join(link, from, this.local) ?? []),
      left: (link, code) => {
        if (this.#awake?.mind.leave(link)) this.#counted();
        if (code === ENDING.uprooted.code || code === ENDING.unfed.code) this.#doubts();
        this.#settle();
      },
      counted: (link, report) => {
        this.ground.measures.reported();
        if (this.#awake?.mind.count(link, report)) this.#counted();
        this.ground.measures.asked += this.#awake?.mind.asked().length ?? 0;
        this.#settle();
      },
    });
  }
}
