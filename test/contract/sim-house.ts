import { chunksIn, decodeChunk } from "../../src/core/audio/chunk.ts";
import { FRAME_SAMPLES } from "../../src/core/audio/format.ts";
import type { Position } from "../../src/core/audio/position.ts";
import { encodeSpeech } from "../../src/core/audio/speech.ts";
import { parseSessionId } from "../../src/core/ids.ts";
import type { Message } from "../../src/core/tree/down/greeting.ts";
import type { NodeRef, Plan } from "../../src/core/tree/shape/plan.ts";
import { ENDING } from "../../src/core/wire/ending.ts";
import type { ListenerHears, StageHears } from "../../src/core/wire/messages.ts";
import { parseListenerHears, parseStageHears } from "../../src/core/wire/parse.ts";
import { parseStageSays } from "../../src/core/wire/stage-says.ts";
import { zones } from "../../src/objects/room/zones.ts";
import type { Answer, Joiner, Watcher } from "../../src/sim/calls.ts";
import type { Timer } from "../../src/sim/clock.ts";
import { LAST_MILE, Line } from "../../src/sim/line.ts";
import type { StagePage } from "../../src/sim/speaker.ts";
import { World } from "../../src/sim/world.ts";
import { DEFAULTS } from "../../src/sim/world-settings.ts";
import { aFrame } from "../support/build.ts";
import type { Ear, House, OpenRoom, Shape, Speaker } from "./house.ts";

/** How long anything may take here, in ms of virtual time. */
const PATIENCE_MS = 15_000;
/** From a listener or a speaker to the room and back, each way, in ms. */
const LINE_MS = 5;
/** How many leaves one join may be sent to; as in edge/sound/listen.ts. */
const TRIES = 3;

let seeds = 0;

/** The house in virtual time: the same minds, with the simulator for a runtime. */
export const simHouse: House = {
  async open(chunkMs = 100, shape) {
    world = worldOf(chunkMs, shape);
    return openRoom(world);
  },
  async eventually(what, isTrue) {
    const deadline = world.now + PATIENCE_MS;
    while (!(await isTrue())) {
      if (world.now > deadline) throw new Error(`never came true: ${what}`);
      world.play(10);
    }
  },
  async pass(ms) {
    world.play(ms);
  },
};

let world = worldOf(100, undefined);

/** As the house on workerd is set up (test/vitest.workerd.config.ts), and empty. */
function worldOf(chunkMs: number, { leaves, leafListeners, maxListeners = 1_000_000 }: Shape = { leaves: 20, leafListeners: 64 }): World {
  const origins = [{ region: "weur", share: 1 }] as const;
  const empty = { ...DEFAULTS, listeners: 0, arrivals: 1, hasHost: false, origins, isolatesPerRegion: 1 };
  return new World({ ...empty, seed: ++seeds, fanOut: 4, chunkMs, leaves, leafListeners, maxListeners });
}

function openRoom(within: World): OpenRoom {
  const kill = async (below: "listeners" | "nodes") => {
    for (const node of within.awake(below)) within.kill(node, 0);
  };
  return {
    host: async () => new SimSpeaker(within),
    listener: async (from) => new SimEar(within, from).join(),
    killRoom: async () => within.kill(within.room, 0),
    killRelays: () => kill("nodes"),
    killLeaves: () => kill("listeners"),
    roomRequests: async () => within.room.requests,
    audienceLooks: async () => within.audience.looks,
    plan: async () => within.audience.plan,
    async expect(listeners) {
      within.room.expect({ listeners, shares: {} });
      within.play(100);
      return within.room.progress();
    },
    progress: async () => within.room.progress(),
  };
}

class SimSpeaker implements Speaker {
  readonly heard: StageHears[] = [];
  closed: number | undefined;
  readonly #world: World;
  readonly #connection: number;
  #speaking: Timer | undefined;
  #sample = 0;
  #spurt = true;

  constructor(within: World) {
    this.#world = within;
    const session = parseSessionId("contract-host");
    const seat = session === undefined ? "gone" : within.room.seat(session, "Host", this.#page());
    if (seat === "gone") throw new Error("no socket, but 410");
    this.#connection = seat;
  }

  say(text: object): void {
    const said = parseStageSays(JSON.stringify(text), zones);
    if (said !== undefined) this.#up(() => this.#world.room.say(this.#connection, said));
  }

  speak(): void {
    this.#speaking = this.#world.ground.clock.after(20, () => {
      const message = encodeSpeech({ sample: this.#sample, level: 30, starts: this.#spurt, ends: false, frames: [aFrame()] });
      this.#spurt = false;
      this.#sample += FRAME_SAMPLES;
      this.#up(() => this.#world.room.spoke(this.#connection, message));
      this.speak();
    });
  }

  hush(): void {
    this.#speaking?.cancel();
    this.#spurt = true;
  }

  leave(): void {
    this.hush();
    this.#up(() => this.#world.room.left(this.#connection));
  }

  #up(arrives: () => void): void {
    this.#world.ground.clock.after(LINE_MS, arrives);
  }

  #page(): StagePage {
    return {
      hears: (text) => {
        const said = parseStageHears(text);
        if (said !== undefined) this.#up(() => this.heard.push(said));
      },
      closed: (code) => {
        this.closed = code;
        this.hush();
      },
    };
  }
}

class SimEar implements Ear, Joiner {
  readonly texts: ListenerHears[] = [];
  readonly chunks: Position[] = [];
  readonly region = "weur";
  readonly delayMs = LINE_MS;
  readonly watcher: Watcher;
  readonly line: Line;
  readonly epoch: number;
  readonly sequence: number;
  frames = 0;
  order = "";
  closed: number | undefined;
  readonly #world: World;
  #answer: Answer | undefined;
  #leave: (() => void) | undefined;

  constructor(within: World, from: Position | undefined) {
    this.#world = within;
    this.epoch = from?.epoch ?? 0;
    this.sequence = from?.sequence ?? 0;
    this.line = new Line(LAST_MILE, LINE_MS, within.ground.luck.lines);
    this.watcher = {
      seated: (leave) => {
        this.#leave = leave;
      },
      heard: (message) => this.#hear(message),
      closed: (code) => {
        this.closed = code;
      },
    };
  }

  /** By way of the edge, to a leaf; comes back seated or throws as an HTTP client would. */
  join(): this {
    const { crowd } = this.#world;
    const isolate = crowd.isolateOf(crowd.near(this.region));
    let plan: Plan | undefined;
    isolate.know((known) => {
      plan = known;
    });
    this.#until(() => plan !== undefined);
    if (!isolate.mayKnock(this.region, false)) return this.#divert();
    let joins = isolate.takeJoins(this.region, false);
    const tried: NodeRef[] = [];
    while (tried.length < TRIES) {
      const node = isolate.place(this.region, tried);
      const newest = isolate.plan;
      if (node === undefined || newest === undefined) break;
      tried.push(node);
      this.#answer = undefined;
      const leaf = this.#world.child(node);
      const told = joins;
      leaf.server.submit({ run: () => leaf.knock(this, newest, told) });
      joins = 0;
      this.#until(() => this.#answer !== undefined);
      isolate.learn(leaf.plan);
      if (this.#answer === "taken") isolate.foundSeat();
      if (this.#answer === "taken") return this;
      if (this.#answer === "ended") throw new Error("no socket, but 410");
    }
    isolate.leaveJoins(this.region, joins);
    isolate.foundFull(this.region);
    return this.#divert();
  }

  /** As edge/sound/divert.ts: there are no segments in virtual time, so who is diverted waits. */
  #divert(): this {
    this.texts.push({ type: "lane", lane: "cached", comeBackMs: 5_000 });
    this.order += "t";
    this.closed = ENDING.diverted.code;
    return this;
  }

  answered(answer: Answer): void {
    this.#answer = answer;
  }

  sounds(): void {}

  #hear(message: Message): void {
    this.order += typeof message === "string" ? "t" : "b";
    if (typeof message === "string") {
      const said = parseListenerHears(message);
      if (said !== undefined) this.texts.push(said);
      return;
    }
    for (const { at } of chunksIn(message)) {
      const chunk = decodeChunk(message, at);
      if ("malformed" in chunk) throw new Error(chunk.malformed);
      this.chunks.push({ epoch: chunk.epoch, sequence: chunk.sequence });
      for (const block of chunk.blocks) this.frames += block.frames.length;
    }
  }

  leave(): void {
    this.#leave?.();
  }

  #until(isTrue: () => boolean): void {
    for (let waitedMs = 0; !isTrue() && waitedMs < PATIENCE_MS; waitedMs += LINE_MS) this.#world.play(LINE_MS);
  }
}
