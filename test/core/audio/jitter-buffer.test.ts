import { describe, expect, it } from "vitest";
import { type Arrival, JitterBuffer } from "../../../src/core/audio/jitter-buffer.ts";

const MS = 48;
const CHUNK = 100 * MS;

describe("chunks of one epoch, as they come", () => {
  it("stand one after the other on the line", () => {
    const buffer = new JitterBuffer();
    expect(buffer.arrived(aChunk({ sequence: 7, start: 5_000 * MS }), 0)).toMatchObject({ start: 0, end: CHUNK, missing: 0, anew: false });
    expect(buffer.arrived(aChunk({ sequence: 8, start: 5_100 * MS }), CHUNK)).toMatchObject({ start: CHUNK, end: 2 * CHUNK, missing: 0 });
  });

  it("are dropped when they come twice, or after newer ones", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ sequence: 7 }), 0);
    expect(buffer.arrived(aChunk({ sequence: 7 }), 0)).toBeUndefined();
    expect(buffer.arrived(aChunk({ sequence: 3 }), 0)).toBeUndefined();
    expect(buffer.end).toBe(CHUNK);
  });

  it("leave a short hole its place, and count what is missing", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ sequence: 1, start: 0 }), 0);
    expect(buffer.arrived(aChunk({ sequence: 4, start: 3 * CHUNK }), 0)).toMatchObject({ start: 3 * CHUNK, missing: 2, anew: false });
  });

  it("close up over a long hole", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ sequence: 1, start: 0 }), 0);
    expect(buffer.arrived(aChunk({ sequence: 101, start: 100 * CHUNK }), 0)).toMatchObject({ start: CHUNK, missing: 99, anew: true });
  });

  it("close up over a pause in which nobody was on air", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ sequence: 1, start: 0 }), 0);
    expect(buffer.arrived(aChunk({ sequence: 2, start: 60_000 * MS }), 0)).toMatchObject({ start: CHUNK, missing: 0, anew: true });
  });
});

describe("a new epoch", () => {
  it("goes on where the old one ended, whatever its room time and sequence", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ epoch: 1, sequence: 900, start: 90_000 * MS }), 0);
    const placed = buffer.arrived(aChunk({ epoch: 2, sequence: 1, start: 0 }), 0);
    expect(placed).toMatchObject({ start: CHUNK, missing: 0, anew: true });
  });

  it("makes the old one's chunks repeats", () => {
    const buffer = new JitterBuffer();
    buffer.arrived(aChunk({ epoch: 2, sequence: 1 }), 0);
    expect(buffer.arrived(aChunk({ epoch: 1, sequence: 500 }), 0)).toBeUndefined();
  });
});

describe("the target", () => {
  it("is unknown before anything was measured", () => {
    const buffer = new JitterBuffer();
    expect(buffer.target(0)).toBeUndefined();
    buffer.arrived(aChunk({ counts: false }), 0);
    expect(buffer.target(0)).toBeUndefined();
  });

  it("begins 80 ms behind the first chunk, and is 40 ms on a line that was punctual for 10 s", () => {
    const line = aLine(() => 0);
    expect(line.play(1)).toBeCloseTo(80 - 0.4);
    expect(line.play(120)).toBeCloseTo(40);
  });

  it("grows by what the latest chunk was late", () => {
    const line = aLine((index) => (index === 150 ? 70 : 0));
    line.play(150);
    expect(line.play(1)).toBeCloseTo(40 + 70);
  });

  it("forgets a late chunk after 40 s, little by little after 8", () => {
    const line = aLine((index) => (index === 150 ? 70 : 0));
    line.play(151);
    expect(line.play(79)).toBeCloseTo(110);
    const faded = line.play(160);
    expect(faded).toBeLessThan(90);
    expect(faded).toBeGreaterThan(60);
    expect(line.play(200)).toBeCloseTo(40);
  });

  it("follows clocks that drift apart by 1 %, in either direction, and takes little of it for lateness", () => {
    for (const drift of [0.01, -0.01]) {
      const target = aLine((index) => index * 100 * drift).play(1_000);
      expect(Math.abs(target - 999 * 100 * drift - 40)).toBeLessThan(31);
    }
  });

  it("never waits longer than a second and a half for the latest", () => {
    const line = aLine((index) => (index === 50 ? 20_000 : 0));
    expect(line.play(52)).toBeLessThan(1_500 + 80);
  });
});

function aChunk({ epoch = 1, sequence = 1, start = 0, counts = true } = {}): Arrival {
  return { position: { epoch, sequence }, start, length: CHUNK, counts };
}

/** A line whose chunk `index` comes `lateMs(index)` late; `play(n)` lets n more come and gives the target behind the punctual one, in ms. */
function aLine(lateMs: (index: number) => number): { play: (chunks: number) => number } {
  const buffer = new JitterBuffer();
  let index = 0;
  return {
    play: (chunks) => {
      let now = 0;
      for (let left = chunks; left > 0; left--, index++) {
        now = index * CHUNK + lateMs(index) * MS;
        buffer.arrived(aChunk({ sequence: index + 1, start: index * CHUNK }), now);
      }
      return (buffer.target(now) ?? Number.NaN) / MS;
    },
  };
}
