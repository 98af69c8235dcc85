import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_FLAG, encodeChunk, type VoiceBlock } from "../../../src/core/audio/chunk.ts";
import { RadioLine, SILENT_PACKET, slotAt } from "../../../src/core/audio/radio-line.ts";

/** 20 ms, hybrid, full band, one frame; then whose it is, and which. */
const aPacket = (voice: number, number: number) => Uint8Array.of(0x78, voice, number >> 8, number & 255);
const nameOf = (packet: Uint8Array) => (packet[0] === 0x78 ? `${packet[1]}:${((packet[2] ?? 0) << 8) | (packet[3] ?? 0)}` : "-");
const START = 1_700_000_000_000;

/** A tick of 100 ms that ends `tick` ticks after the start. */
function aChunk(tick: number, blocks: readonly VoiceBlock[], { epoch = 1, dueMs = START + tick * 100 } = {}): Uint8Array {
  return encodeChunk({ flags: 0, epoch, sequence: tick, roomTimeMs: tick * 100, dueMs, durationMs: 100, blocks });
}

/** Five frames of a voice, from `first` on. */
function says(voice: number, first: number, level = 30, flags = 0, offsetSamples = 0): VoiceBlock {
  return { voice, level, flags, offsetSamples, frames: Array.from({ length: 5 }, (_, at) => aPacket(voice, first + at)) };
}

/** Plays chunks at their arrivals, taking what is due every 40 ms, until `endMs`. */
function play(line: RadioLine, arrivals: readonly { readonly atMs: number; readonly chunk: Uint8Array }[], endMs: number): string[] {
  const heard: string[] = [];
  let next = 0;
  for (let now = START; now <= endMs; now += 40) {
    for (let one = arrivals[next]; one !== undefined && one.atMs <= now; one = arrivals[++next]) line.hear(one.chunk, now);
    heard.push(...line.take(now, 1_000).map(nameOf));
  }
  return heard;
}

describe("a radio's line", () => {
  it("is silence while nobody speaks, one packet for every 20 ms that pass", () => {
    const line = new RadioLine();
    line.start(START, 0, undefined);
    expect(line.take(START + 100, 100)).toEqual(Array.from({ length: 5 }, () => SILENT_PACKET));
    expect(line.take(START + 110, 100)).toEqual([]);
    expect(line.next).toBe(slotAt(START) + 5);
  });

  it("begins with what was said before, so that a player has something to start with", () => {
    const line = new RadioLine();
    for (let tick = 1; tick <= 40; tick++) line.hear(aChunk(tick, [says(1, tick * 5)]), START);
    line.start(START, 2_000, 0);
    const heard = line.take(START, 1_000).map(nameOf);
    expect(heard).toHaveLength(100);
    expect(heard[0]).toMatch(/^1:/);
    expect(heard.filter((name) => name === "-")).toEqual([]);
    expect(line.waits).toBeLessThan(70);
  });

  it("plays nothing of what was said an hour ago", () => {
    const line = new RadioLine();
    line.hear(aChunk(1, [says(1, 0)]), START);
    line.start(START, 5_000, 3_600_000);
    expect(new Set(line.take(START + 1_000, 1_000).map(nameOf))).toEqual(new Set(["-"]));
  });

  it("plays every packet of a speaker once and in order, whatever is late, merged, drifts or begins anew, and never stops", () => {
    const aTick = fc.record({
      lateMs: fc.integer({ min: 0, max: 1_500 }),
      pauses: fc.boolean(),
      drift: fc.integer({ min: -400, max: 400 }),
      anew: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(aTick, { minLength: 1, maxLength: 80 }), fc.integer({ min: -5_000, max: 5_000 }), (ticks, skewMs) => {
        const line = new RadioLine();
        line.start(START, 0, undefined);
        const said: string[] = [];
        let epoch = 1;
        let atMs = START;
        let starts = true;
        const arrivals = ticks.map(({ lateMs, pauses, drift, anew }, tick) => {
          if (anew && tick % 7 === 0) epoch++;
          // Each root has a clock of its own, and what comes late holds up what is behind it.
          const dueMs = START + (tick + 1) * 100 + (epoch % 2) * skewMs;
          atMs = Math.max(atMs, START + (tick + 1) * 100 + (tick % 5 === 0 ? lateMs : 0));
          const flags = starts ? BLOCK_FLAG.starts : 0;
          const blocks = pauses ? [] : [says(1, tick * 5, 30, flags, Math.max(0, drift))];
          starts = pauses;
          said.push(...blocks.flatMap(({ frames }) => frames.map(nameOf)));
          return { atMs, chunk: aChunk(tick + 1, blocks, { epoch, dueMs }) };
        });
        const endMs = atMs + 30_000;
        const heard = play(line, arrivals, endMs);
        expect(heard.filter((name) => name !== "-")).toEqual(said);
        expect(line.next).toBe(slotAt(endMs - ((endMs - START) % 40)));
        expect(heard).toHaveLength((line.next ?? 0) - slotAt(START));
      }),
    );
  });

  it("catches up in pauses, and leaves of each as much as sounds like one", () => {
    const line = new RadioLine();
    line.start(START, 0, undefined);
    const isPause = (tick: number) => tick % 30 >= 20;
    const arrivals = Array.from({ length: 150 }, (_, tick) => {
      const blocks = isPause(tick) ? [] : [says(1, tick * 5, 30, isPause(tick - 1) ? BLOCK_FLAG.starts : 0)];
      // For two seconds nothing came.
      return { atMs: Math.max(START + (tick + 1) * 100, tick > 10 ? START + 5_000 : 0), chunk: aChunk(tick + 1, blocks) };
    });
    const heard = play(line, arrivals, START + 18_000);
    expect(heard.filter((name) => name !== "-").length).toBeGreaterThanOrEqual(490);
    const pauses = heard
      .join("")
      .split(/[^-]+/)
      .filter((pause) => pause.length > 2);
    // The first is before anybody spoke.
    expect(Math.min(...pauses.slice(1).map((pause) => pause.length))).toBeGreaterThanOrEqual(10);
  });

  it("passes the loudest on, and changes to another only when he is clearly louder or the first has ended", () => {
    const line = new RadioLine();
    line.start(START, 0, undefined);
    const both = Array.from({ length: 40 }, (_, tick) => {
      const one = tick < 30 ? [says(1, tick * 5, 30, tick === 0 ? BLOCK_FLAG.starts : tick === 29 ? BLOCK_FLAG.ends : 0)] : [];
      return {
        atMs: START + (tick + 1) * 100,
        chunk: aChunk(tick + 1, [...one, says(2, tick * 5, 33, tick === 0 ? BLOCK_FLAG.starts : 0)]),
      };
    });
    const heard = play(line, both, START + 6_000).filter((name) => name !== "-");
    expect(heard.map((name) => name[0]).join("")).toBe("1".repeat(150) + "2".repeat(50));
  });

  it("does not believe what is no packet of 20 ms", () => {
    const line = new RadioLine();
    line.start(START, 0, undefined);
    const frames = [Uint8Array.of(0x70, 1, 0, 1), new Uint8Array(0), Uint8Array.of(0x7b, 3)];
    line.hear(aChunk(1, [{ voice: 1, level: 10, flags: 0, offsetSamples: 0, frames }]), START + 100);
    line.hear(Uint8Array.of(1, 2, 3), START + 100);
    expect(line.waits).toBe(0);
  });
});
