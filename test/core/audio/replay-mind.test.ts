import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksIn, encodeChunk, readHeader } from "../../../src/core/audio/chunk.ts";
import { comparePositions, type Position } from "../../../src/core/audio/position.ts";
import { replayMs } from "../../../src/core/audio/recording.ts";
import type { LineChunk } from "../../../src/core/audio/replay-line.ts";
import { type NotGot, type ReplayEffect, ReplayMind } from "../../../src/core/audio/replay-mind.ts";
import type { SegmentName } from "../../../src/core/audio/segment.ts";
import { type Kept, keptOf, turns } from "../../support/recordings.ts";

/** A replay whose segments come from a server that does what the test says, and whose player plays all it is given. */
class Replay {
  readonly kept: Kept;
  readonly mind: ReplayMind;
  readonly fetched: string[] = [];
  heard: LineChunk[] = [];
  finished = false;
  looks = 0;
  now = 0;
  #asked: SegmentName[] = [];
  readonly #fails: (name: string, attempt: number) => NotGot | undefined;

  constructor(kept: Kept, fails: (name: string, attempt: number) => NotGot | undefined = () => undefined, ended = true) {
    this.kept = kept;
    this.#fails = fails;
    this.mind = new ReplayMind(kept.recording, ended);
  }

  seek(ms: number): void {
    this.perform(this.mind.seek(ms, this.now));
  }

  /** Plays for so long, in steps of 100 ms, as a player does that is never ahead of what has come. */
  play(ms: number, speed = 1): void {
    for (let left = ms; left > 0; left -= 100) {
      this.now += 100;
      this.answer();
      this.#at = Math.min(this.#at + 100 * speed, this.mind.line.endMs);
      this.perform(this.mind.plays(this.#at, speed, this.now));
    }
  }

  /** Plays until the end. */
  drain(speed = 1): void {
    for (let tries = 0; tries < 1_000 && !(this.finished && this.#at >= this.mind.line.endMs); tries++) this.play(1_000, speed);
  }

  perform(effects: readonly ReplayEffect[]): void {
    for (const effect of effects) {
      if (effect.do === "begin") [this.heard, this.finished, this.#at, this.#asked] = [[], false, 0, []];
      if (effect.do === "hear") this.heard.push(...effect.chunks);
      if (effect.do === "finish") this.finished = true;
      if (effect.do === "look") this.looks++;
      if (effect.do === "fetch") this.#asked.push(effect.name);
    }
  }

  answer(): void {
    for (const name of this.#asked.splice(0)) {
      const key = `${name.epoch}/${name.index}`;
      const why = this.#fails(key, this.fetched.filter((one) => one === key).length);
      this.fetched.push(key);
      const bytes = this.kept.segments.get(key)?.bytes;
      if (why !== undefined || bytes === undefined) this.perform(this.mind.notGot(name, why ?? "gone", this.now));
      else this.perform(this.mind.got(name, bytes, this.now));
    }
  }

  #at = 0;
}

/** Every chunk that is kept, in order. */
function chunksOf({ segments }: Kept): (Position & { readonly roomTimeMs: number })[] {
  return [...segments.values()].flatMap(({ bytes }) =>
    [...chunksIn(bytes)]
      .flatMap(({ at }) => readHeader(bytes, at) ?? [])
      .map(({ epoch, sequence, roomTimeMs }) => ({ epoch, sequence, roomTimeMs })),
  );
}

const positions = (heard: readonly LineChunk[]): Position[] => heard.map(({ chunk: { epoch, sequence } }) => ({ epoch, sequence }));

describe("a replay from the start", () => {
  it("plays every chunk that was kept, its bytes untouched, once and in order, whatever happened in the room", () => {
    fc.assert(
      fc.property(turns, fc.constantFrom(1, 1.5, 2), (happened, speed) => {
        const replay = new Replay(keptOf(happened));
        replay.seek(0);
        replay.drain(speed);
        expect(replay.finished).toBe(true);
        expect(Buffer.concat(replay.heard.map(({ bytes }) => bytes))).toEqual(
          Buffer.concat([...replay.kept.segments.values()].map(({ bytes }) => bytes)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("a replay after any seeks", () => {
  it("plays from there on all that follows, on a line without overlap and with no hole beyond a second", () => {
    const steps = fc.array(
      fc.record({
        to: fc.double({ min: 0, max: 1, noNaN: true }),
        playMs: fc.integer({ min: 0, max: 9_000 }),
        speed: fc.constantFrom(1, 1.25, 2),
      }),
      {
        minLength: 1,
        maxLength: 6,
        size: "max",
      },
    );
    fc.assert(
      fc.property(turns, steps, (happened, seeks) => {
        const replay = new Replay(keptOf(happened));
        const lengthMs = replayMs(replay.kept.recording);
        let wanted = 0;
        for (const { to, playMs, speed } of seeks) {
          wanted = Math.floor(to * Math.max(0, lengthMs - 1));
          replay.seek(wanted);
          replay.play(playMs, speed);
        }
        replay.drain();
        const all = chunksOf(replay.kept);
        const heard = positions(replay.heard);
        // What is heard is the end of what was kept: nothing is left out, doubled or turned around.
        expect(heard).toEqual(all.slice(all.length - heard.length).map(({ epoch, sequence }) => ({ epoch, sequence })));
        let end: number | undefined;
        for (const { lineMs } of replay.heard) {
          if (end !== undefined) expect(lineMs - end).toBeGreaterThanOrEqual(0);
          if (end !== undefined) expect(lineMs - end).toBeLessThanOrEqual(1_000);
          end = lineMs + 100;
        }
        // It begins where one went, or at the next sound; what comes before primes a decoder.
        const first = replay.heard.find(({ lineMs }) => lineMs + 100 > 0);
        if (first !== undefined) expect(replay.mind.line.replayMsAt(0)).toBeGreaterThanOrEqual(Math.min(wanted, lengthMs - 2_000));
        for (let ms = 0, before = 0; ms < replay.mind.line.endMs; ms += 500) {
          const at = replay.mind.line.replayMsAt(ms);
          expect(at).toBeGreaterThanOrEqual(before);
          before = at;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("needs one segment for its first sound, and the sound begins where one went", () => {
    const replay = new Replay(keptOf([{ do: "speak", chunks: 600 }]));
    replay.seek(31_234);
    replay.answer();
    expect(replay.fetched).toEqual(["1/15"]);
    expect(replay.heard.find(({ lineMs }) => lineMs + 100 > 0)).toMatchObject({ chunk: { roomTimeMs: 31_200 }, lineMs: -34 });
    expect(replay.heard[0]?.lineMs).toBeGreaterThanOrEqual(-334);
    expect(replay.mind.line.replayMsAt(1_000)).toBe(32_234);
  });
});

describe("a recording that was switched on in the midst of a segment", () => {
  it("is heard from its first word, at the time that its tracks and captions give it, and no segment is fetched twice", () => {
    const replay = new Replay(
      keptOf([
        { do: "unrecorded", chunks: 5 },
        { do: "speak", chunks: 40 },
        { do: "unrecorded", chunks: 45 },
        { do: "speak", chunks: 30 },
      ]),
    );
    expect(replay.kept.recording.runs).toMatchObject([
      { first: 1, last: 2, lead: 1_500 },
      { first: 5, last: 5, lead: 1_000 },
    ]);
    replay.seek(0);
    replay.answer();
    expect(replay.heard[0]).toMatchObject({ chunk: { roomTimeMs: 500 }, lineMs: 0 });
    expect(replay.mind.line.replayMsAt(0)).toBe(500);
    replay.drain();
    expect(replay.heard).toHaveLength(70);
    expect(replay.fetched).toEqual(["1/1", "1/2", "1/5"]);
    // Within a lead, too, one goes to where one went.
    replay.seek(7_500);
    replay.answer();
    expect(replay.heard.find(({ lineMs }) => lineMs + 100 > 0)).toMatchObject({ chunk: { roomTimeMs: 9_500 }, lineMs: 0 });
  });
});

describe("what is fetched", () => {
  it("is bounded: of an hour some seconds, and fewer while nobody plays", () => {
    const replay = new Replay(keptOf([{ do: "speak", chunks: 36_000 }]));
    replay.seek(1_000_000);
    for (let second = 0; second < 60; second++) {
      replay.answer();
      replay.now += 1_000;
      replay.perform(replay.mind.second(replay.now));
    }
    expect(replay.fetched.length).toBeLessThanOrEqual(5);
    replay.perform(replay.mind.plays(0, 1, replay.now));
    for (let answers = 0; answers < 60; answers++) replay.answer();
    expect(replay.fetched.length).toBeLessThanOrEqual(17);
    expect(replay.heard.length).toBeLessThanOrEqual(85);
    replay.seek(990_000);
    replay.seek(1_000_000);
    replay.answer();
    expect(new Set(replay.fetched).size).toBe(replay.fetched.length);
  });
});

describe("a segment that does not come", () => {
  const spoken = keptOf([{ do: "speak", chunks: 200 }]);
  const hole = Math.floor(100 / 20);

  it("for some seconds is waited for, and nothing is left out", () => {
    const replay = new Replay(spoken, (name, attempt) => (name === `1/${hole}` && attempt < 4 ? "failed" : undefined));
    replay.seek(10_000);
    replay.answer();
    expect(replay.heard).toEqual([]);
    replay.drain();
    expect(replay.heard).toHaveLength(100);
    expect(replay.mind.line.losses).toEqual([]);
  });

  it("because the line is down is tried again for ever, and the listener is told", () => {
    let isDown = true;
    const replay = new Replay(spoken, () => (isDown ? "failed" : undefined));
    replay.seek(0);
    replay.play(60_000);
    expect(replay.mind.isInTrouble).toBe(true);
    expect(replay.fetched.length).toBeLessThan(60);
    isDown = false;
    replay.drain();
    expect(replay.heard).toHaveLength(200);
    expect(replay.mind.isInTrouble).toBe(false);
  });

  it.each(["gone", "failed"] as const)("for good (%s), while others do, is passed over and told where it was", (why) => {
    const replay = new Replay(spoken, (name) => (name === `1/${hole}` ? why : undefined));
    replay.seek(0);
    replay.drain();
    expect(replay.heard).toHaveLength(180);
    expect(replay.mind.line.losses).toEqual([{ lineMs: 10_000, ms: 2_000 }]);
    expect(replay.mind.line.replayMsAt(10_000)).toBe(12_000);
    expect(replay.looks > 0).toBe(why === "gone");
  });
});

describe("what was lost", () => {
  it("is told where it was, and how much; what was not recorded is not", () => {
    const kept = keptOf([
      { do: "speak", chunks: 30 },
      { do: "lose", chunks: 50 },
      { do: "speak", chunks: 30 },
      { do: "off-air", chunks: 200 },
      { do: "speak", chunks: 30 },
      { do: "begin-anew", chunks: 1 },
      { do: "speak", chunks: 30 },
    ]);
    const replay = new Replay(kept);
    replay.seek(0);
    replay.drain();
    expect(replay.mind.line.losses).toEqual([
      { lineMs: 3_000, ms: 5_000 },
      { lineMs: 9_000, ms: undefined },
    ]);
    expect(replay.mind.line.endMs).toBe(12_000);
    expect(replay.mind.line.epochAt(9_500)).toBe(2);
  });
});

describe("a recording that grows", () => {
  it("is played on as it comes, and ends when the room does", () => {
    const all = keptOf([{ do: "speak", chunks: 200 }]);
    const first = { ...all.recording, runs: [{ epoch: 1, first: 0, last: 4 }] };
    const replay = new Replay({ recording: first, segments: all.segments }, undefined, false);
    replay.seek(0);
    replay.play(20_000);
    expect(replay.heard).toHaveLength(100);
    expect([replay.finished, replay.mind.isCaughtUp]).toEqual([false, true]);
    replay.perform(replay.mind.known(all.recording, true, replay.now) || []);
    replay.drain();
    expect(replay.heard).toHaveLength(200);
  });

  it("is not taken for one that was deleted and begun anew", () => {
    const { recording } = keptOf([{ do: "speak", chunks: 200 }]);
    const mind = new ReplayMind(recording, false);
    expect(mind.known({ ...recording, runs: [{ epoch: 1, first: 8, last: 9 }] }, false, 0)).toBe(false);
    expect(mind.known({ ...recording, runs: [] }, false, 0)).toBe(false);
  });
});

describe("bytes that are no chunks", () => {
  it("are passed over", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: "max" }), (bytes) => {
        const { recording } = keptOf([{ do: "speak", chunks: 40 }]);
        const mind = new ReplayMind(recording, true);
        mind.seek(0, 0);
        mind.got({ epoch: 1, index: 0 }, bytes, 0);
        expect(mind.line.endMs).toBeGreaterThanOrEqual(0);
      }),
    );
    const old = encodeChunk({ flags: 0, epoch: 1, sequence: 1, roomTimeMs: 0, dueMs: 0, durationMs: 100, blocks: [] });
    expect(comparePositions(readHeader(old, 0) ?? { epoch: 0, sequence: 0 }, { epoch: 1, sequence: 1 })).toBe(0);
  });
});
