import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksIn, encodeChunk, readHeader } from "../../../src/core/audio/chunk.ts";
import { type LaneHead, missingIn, runsOf } from "../../../src/core/audio/lane-head.ts";
import { LANE_BEHIND_MS, type LaneEffect, LaneMind, type Stand } from "../../../src/core/audio/lane-mind.ts";
import { comparePositions, type Position } from "../../../src/core/audio/position.ts";
import { SEGMENT_MS, type Segment, Segmenter } from "../../../src/core/audio/segment.ts";
import { aBlock, luck } from "../../support/build.ts";

/** A live room and its archive, in virtual time; both clocks begin at 0. */
class World {
  readonly #segmenter = new Segmenter();
  readonly #random: () => number;
  held: Segment[] = [];
  now = 0;
  epoch = 1;
  phase: LaneHead["phase"] = "live";
  #sequence = 0;
  #began = 0;
  #endsMs = 0;
  #heardAt = 0;
  /** Sequences that the archive misses. */
  lost = new Set<number>();

  constructor(seed = 1) {
    this.#random = luck(seed);
  }

  /** The room speaks for so long; listeners do what they must, every 10 ms. */
  play(ms: number, ears: readonly Ear[] = []): void {
    for (const until = this.now + ms; this.now < until; ) {
      this.now += 10;
      if (this.phase === "live" && (this.now - this.#began) % 100 === 0) this.#tick();
      for (const ear of ears) ear.second();
    }
  }

  stop(): void {
    this.phase = "quiet";
    this.held.push(...this.#segmenter.close());
  }

  resume(): void {
    this.phase = "live";
  }

  beginAnew(): void {
    this.epoch++;
    this.#sequence = 0;
    this.#began = this.now;
  }

  head(): LaneHead {
    const [runs, gaps] = [runsOf(this.held), missingIn(this.held)];
    const ageMs = this.now - this.#heardAt;
    return { epoch: this.epoch, roomTimeMs: this.#endsMs, ageMs, segmentMs: SEGMENT_MS, phase: this.phase, runs, gaps };
  }

  /** A delay of 20 to 220 ms, or as long as told. */
  wayMs(most = 200): number {
    return 20 + Math.floor(this.#random() * most);
  }

  #tick(): void {
    const roomTimeMs = this.now - this.#began - 100;
    const header = { flags: 0, epoch: this.epoch, sequence: ++this.#sequence, roomTimeMs, dueMs: this.now, durationMs: 100 };
    this.#endsMs = roomTimeMs + 100;
    this.#heardAt = this.now;
    if (!this.lost.has(this.#sequence)) this.held.push(...this.#segmenter.add(encodeChunk({ ...header, blocks: [aBlock()] })));
  }
}

/** A listener of the cached lane; every answer takes its way. */
class Ear {
  readonly #world: World;
  readonly #mind: LaneMind;
  readonly chunks: (Position & { readonly at: number; readonly dueMs: number; readonly replayed: boolean })[] = [];
  readonly gaps: { from: Position; to: Position }[] = [];
  #answers: { at: number; give: () => readonly LaneEffect[] }[] = [];
  requests = 0;
  heads = 0;
  misses = 0;
  isDone = false;
  line: "good" | "dead" | { readonly slowMs: number } = "good";

  constructor(world: World, heard?: Stand, until?: Position) {
    this.#world = world;
    this.#mind = new LaneMind(heard, until);
    this.#do(this.#mind.start(world.now));
  }

  second(): void {
    const now = this.#world.now;
    for (const { give } of this.#answers.filter(({ at }) => at <= now)) this.#do(give());
    this.#answers = this.#answers.filter(({ at }) => at > now);
    if ((this.#mind.wakeAt ?? Number.POSITIVE_INFINITY) <= now) this.#do(this.#mind.second(now));
  }

  #do(effects: readonly LaneEffect[]): void {
    const { now, held } = this.#world;
    for (const effect of effects) {
      expect(this.isDone).toBe(false);
      if (effect.do === "done") this.isDone = true;
      if (effect.do === "gap") this.gaps.push(effect.gap);
      if (effect.do === "hear") {
        for (const { at } of chunksIn(effect.bytes)) {
          const header = readHeader(effect.bytes, at);
          if (header === undefined) throw new Error("no chunk");
          const { epoch, sequence, dueMs } = header;
          this.chunks.push({ epoch, sequence, at: now, dueMs, replayed: effect.replayed });
        }
      }
      if (effect.do === "fetch-head" || effect.do === "fetch") {
        this.requests++;
        if (effect.do === "fetch-head") this.heads++;
        const found =
          effect.do === "fetch" ? held.find(({ epoch, index }) => epoch === effect.name.epoch && index === effect.name.index) : undefined;
        if (effect.do === "fetch" && found === undefined) this.misses++;
        const head = this.#world.head();
        this.#later(() => {
          const then = this.#world.now;
          if (this.line === "dead") return this.#mind.missing(then);
          if (effect.do === "fetch-head") return this.#mind.head({ ...head, ageMs: head.ageMs }, then);
          return found === undefined ? this.#mind.missing(then) : this.#mind.segment(effect.name, found.bytes, then);
        });
      }
    }
  }

  #later(give: () => readonly LaneEffect[]): void {
    const ms = typeof this.line === "object" ? this.line.slowMs : this.#world.wayMs();
    this.#answers.push({ at: this.#world.now + ms, give });
  }
}

/** Every chunk once, in order, and each break told. */
function expectFaithful(ear: Ear, from?: Position): void {
  let last = from;
  for (const chunk of ear.chunks) {
    if (last !== undefined) {
      expect(comparePositions(chunk, last)).toBeGreaterThan(0);
      const goesOn = chunk.epoch === last.epoch && chunk.sequence === last.sequence + 1;
      const { epoch, sequence } = chunk;
      if (!goesOn) expect(ear.gaps).toContainEqual({ from: { epoch: last.epoch, sequence: last.sequence }, to: { epoch, sequence } });
    }
    last = chunk;
  }
}

describe("a listener who comes to the cached lane", () => {
  it("hears every chunk, evenly, 3.6 s after it was said, and asks for each segment once", () => {
    const world = new World();
    world.play(20_000);
    const ear = new Ear(world);
    world.play(60_000, [ear]);
    expect(ear.gaps).toEqual([]);
    expectFaithful(ear);
    const steady = ear.chunks.filter(({ replayed }) => !replayed);
    const behind = steady.map(({ at, dueMs }) => at - dueMs);
    expect(Math.min(...behind)).toBeGreaterThan(LANE_BEHIND_MS - 150);
    expect(Math.max(...behind)).toBeLessThan(LANE_BEHIND_MS + 250);
    expect(ear.chunks[0]?.at).toBeLessThan(20_000 + 600);
    expect(ear.misses).toBe(0);
    // 31 segments, and a head every 15 s.
    expect(ear.requests).toBeLessThanOrEqual(38);
  });

  it("of a room that has just begun waits for its first segment", () => {
    const world = new World();
    const ear = new Ear(world);
    world.play(30_000, [ear]);
    expect(ear.chunks[0]).toMatchObject({ epoch: 1, sequence: 1 });
    expect(ear.chunks.length).toBeGreaterThan(250);
    expectFaithful(ear);
  });

  it("of a room in which nobody is on air waits, seldom asking, and hears the first word", () => {
    const world = new World();
    world.play(10_000);
    world.stop();
    world.play(60_000);
    const ear = new Ear(world);
    world.play(60_000, [ear]);
    expect(ear.chunks).toEqual([]);
    expect(ear.requests).toBeLessThan(35);
    world.resume();
    world.play(20_000, [ear]);
    expect(ear.chunks.length).toBeGreaterThan(130);
    expect(ear.chunks[0]?.sequence).toBe(101);
  });
});

describe("a listener who comes from the live lane", () => {
  it("goes on with the very next chunk, after a stall of less than 4 s", () => {
    for (const standsMs of [40_000, 40_300, 41_000, 41_900]) {
      const world = new World();
      world.play(standsMs);
      const sequence = standsMs / 100;
      const ear = new Ear(world, { epoch: 1, sequence, endsMs: standsMs });
      world.play(20_000, [ear]);
      expect(ear.chunks[0]).toMatchObject({ epoch: 1, sequence: sequence + 1 });
      expect((ear.chunks[0]?.at ?? 0) - standsMs).toBeLessThan(4_000);
      // And from there on without another.
      for (const [index, { at }] of ear.chunks.entries()) expect(at - (ear.chunks[index - 1]?.at ?? at)).toBeLessThanOrEqual(120);
      expectFaithful(ear, { epoch: 1, sequence });
    }
  });

  it("who was away for a minute is given all of it at once, and then an even line", () => {
    const world = new World();
    world.play(100_000);
    const ear = new Ear(world, { epoch: 1, sequence: 400, endsMs: 40_000 });
    world.play(20_000, [ear]);
    expectFaithful(ear, { epoch: 1, sequence: 400 });
    expect(ear.gaps).toEqual([]);
    expect(ear.chunks.filter(({ replayed }) => replayed).length).toBeGreaterThan(500);
    expect(ear.chunks.at(-1)?.dueMs).toBeGreaterThan(120_000 - LANE_BEHIND_MS - 300);
  });

  it("is told what the archive holds no more", () => {
    const world = new World();
    world.play(100_000);
    world.held = world.held.slice(-10);
    const ear = new Ear(world, { epoch: 1, sequence: 100, endsMs: 10_000 });
    world.play(10_000, [ear]);
    expect(ear.gaps).toEqual([{ from: { epoch: 1, sequence: 100 }, to: { epoch: 1, sequence: expect.any(Number) } }]);
    expectFaithful(ear, { epoch: 1, sequence: 100 });
  });
});

describe("a gap that is to be filled", () => {
  it("is filled as fast as segments come, up to what is there already", () => {
    const world = new World();
    world.play(100_000);
    const ear = new Ear(world, { epoch: 1, sequence: 500, endsMs: 50_000 }, { epoch: 1, sequence: 900 });
    world.play(10_000, [ear]);
    expect(ear.isDone).toBe(true);
    expect(ear.gaps).toEqual([]);
    expect(ear.chunks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 399 }, (_, index) => 501 + index));
    expect(ear.chunks.at(-1)?.at).toBeLessThan(100_000 + 25 * 220);
  });

  it("waits for the segment that is still open, but not for long", () => {
    const world = new World();
    world.play(100_500);
    const ear = new Ear(world, { epoch: 1, sequence: 500, endsMs: 50_000 }, { epoch: 1, sequence: 1_004 });
    world.play(10_000, [ear]);
    expect(ear.chunks.at(-1)?.sequence).toBe(1_003);
    expect(ear.gaps).toEqual([]);
  });

  it("is told as far as it cannot be filled", () => {
    const world = new World();
    world.play(100_000);
    world.held = world.held.filter(({ index }) => index < 30);
    const ear = new Ear(world, { epoch: 1, sequence: 500, endsMs: 50_000 }, { epoch: 1, sequence: 900 });
    world.play(20_000, [ear]);
    expect(ear.isDone).toBe(true);
    expect(ear.gaps).toEqual([{ from: { epoch: 1, sequence: 600 }, to: { epoch: 1, sequence: 900 } }]);
  });

  it("over a dead line holds the live sound back no longer than 10 s", () => {
    const world = new World();
    world.play(100_000);
    const ear = new Ear(world, { epoch: 1, sequence: 500, endsMs: 50_000 }, { epoch: 1, sequence: 900 });
    ear.line = "dead";
    world.play(10_100, [ear]);
    expect(ear.isDone).toBe(true);
    expect(ear.gaps).toHaveLength(1);
  });
});

describe("a room that begins anew", () => {
  it("is followed into its new epoch, and the break is told", () => {
    const world = new World();
    world.play(21_300);
    const ear = new Ear(world);
    world.play(5_000, [ear]);
    world.beginAnew();
    world.play(20_000, [ear]);
    expect(ear.chunks.some(({ epoch }) => epoch === 2)).toBe(true);
    expect(ear.chunks.find(({ epoch }) => epoch === 2)).toMatchObject({ sequence: 1 });
    expect(ear.gaps).toEqual([{ from: { epoch: 1, sequence: 263 }, to: { epoch: 2, sequence: 1 } }]);
    expectFaithful(ear);
  });
});

it("whatever happens to room, archive and line: each chunk once, in order, every hole told, and live again afterwards", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ play: fc.integer({ min: 10, max: 9_000 }).map((ms) => ms - (ms % 10)) }),
      fc.constantFrom("stop", "resume", "anew", "dead", "good", "expire", "lose", "slow"),
    ),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(steps, fc.integer(), fc.boolean(), (script, seed, hasHeard) => {
      const world = new World(seed);
      world.play(10_000);
      const stand = { epoch: 1, sequence: 100, endsMs: 10_000 };
      const ear = hasHeard ? new Ear(world, stand) : new Ear(world);
      for (const step of script) {
        if (typeof step === "object") world.play(step.play, [ear]);
        else if (step === "stop") world.stop();
        else if (step === "resume") world.resume();
        else if (step === "anew") world.beginAnew();
        else if (step === "dead" || step === "good") ear.line = step;
        else if (step === "slow") ear.line = { slowMs: 1_500 };
        else if (step === "expire") world.held = world.held.slice(-3);
        else world.lost = new Set([...world.lost, ...Array.from({ length: 30 }, (_, index) => index * 7)]);
      }
      ear.line = "good";
      world.resume();
      world.play(30_000, [ear]);
      expectFaithful(ear, hasHeard ? stand : undefined);
      // A head that took 1.5 s puts the clock so much later, and it comes up slowly.
      expect(ear.chunks.at(-1)?.dueMs).toBeGreaterThan(world.now - LANE_BEHIND_MS - 2_000);
    }),
    { numRuns: 500 },
  );
});
