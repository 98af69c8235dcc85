import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { opusSamples } from "../../../src/core/audio/opus.ts";
import { concealed, framesIn, Reframer } from "../../../src/core/audio/repacketize.ts";

/** First bytes of packets by the length of their frames: CELT full band, stereo. */
const TOC = { 2.5: 0xe4, 5: 0xec, 10: 0xf4, 20: 0xfc } as const;
/** SILK wide band, one frame of 60 ms. */
const SILK_60 = 0x58;

/** A packet of these frames, in each way in which RFC 6716 §3.2 can lay them out; written by hand, so that the code cannot agree with its own mistake. */
function laidOut(toc: number, frames: readonly number[][], padding: number): Uint8Array[] {
  const lengths = frames.map((frame) => frame.length);
  const told = lengths
    .slice(0, -1)
    .flatMap((length) => (length < 252 ? [length] : [252 + (length % 4), (length - 252 - (length % 4)) / 4]));
  const body = frames.flat();
  const same = lengths.every((length) => length === lengths[0]);
  const pad = padding === 0 ? [] : padding < 255 ? [padding] : [255, padding - 254];
  const empty = Array.from({ length: padding }, () => 0);
  const count = (frames.length & 63) | (padding === 0 ? 0 : 64);
  return [
    ...(frames.length === 1 ? [[toc, ...body]] : []),
    ...(frames.length === 2 && same ? [[toc | 1, ...body]] : []),
    ...(frames.length === 2 ? [[toc | 2, ...told, ...body]] : []),
    ...(same ? [[toc | 3, count, ...pad, ...body, ...empty]] : []),
    [toc | 3, count | 128, ...pad, ...told, ...body, ...empty],
  ].map((bytes) => Uint8Array.from(bytes));
}

const frame = fc.oneof(
  { weight: 5, arbitrary: fc.array(fc.nat(255), { maxLength: 30 }) },
  fc.constantFrom(251, 252, 253, 300).map((length) => Array.from({ length }, (_, index) => index % 256)),
);

describe("an Opus packet", () => {
  it("gives its frames back, however they are laid out", () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6, size: "max" }), fc.constantFrom(0, 3, 254, 255, 300), (frames, padding) => {
        for (const packet of laidOut(TOC[20], frames, padding)) {
          expect(framesIn(packet)?.frames.map((found) => [...found])).toEqual(frames);
        }
      }),
    );
  });

  it("is refused or taken, never read past its end, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = framesIn(bytes);
        const total = found?.frames.reduce((sum, { byteLength }) => sum + byteLength, 0) ?? 0;
        expect(total).toBeLessThanOrEqual(Math.max(0, bytes.byteLength - 1));
        new Reframer().take(bytes);
      }),
    );
  });
});

describe("packets of any length", () => {
  it("become packets of 20 ms, with the same frames in the same order", () => {
    const kinds = fc.constantFrom<readonly [2.5 | 5 | 10 | 20, number]>([2.5, 8], [5, 4], [10, 2], [20, 1]);
    // Eight of them fit a packet.
    const small = fc.array(fc.nat(255), { maxLength: 140 });
    const packets = fc.array(fc.array(small, { minLength: 1, maxLength: 6, size: "max" }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(kinds, packets, ([ms = 20, perPacket = 1], said) => {
        const reframer = new Reframer();
        const toc = ms === 2.5 ? TOC[2.5] : ms === 5 ? TOC[5] : ms === 10 ? TOC[10] : TOC[20];
        const out = said.flatMap((frames) => {
          const taken = reframer.take(laidOut(toc, frames, 0).at(-1) ?? new Uint8Array());
          if (typeof taken === "string") throw new Error(taken);
          return taken;
        });
        expect(out.every((packet) => opusSamples(packet) === 960)).toBe(true);
        const all = said.flat();
        const whole = Math.floor(all.length / perPacket) * perPacket;
        expect(out.flatMap((packet) => framesIn(packet)?.frames.map((found) => [...found]) ?? [])).toEqual(all.slice(0, whole));
      }),
    );
  });

  it("are filled up where the encoder changes its mind midway: nothing is lost, and a decoder conceals the rest", () => {
    const reframer = new Reframer();
    expect(reframer.take(Uint8Array.of(TOC[10], 1, 2))).toEqual([]);
    const out = reframer.take(Uint8Array.of(TOC[20], 3));
    expect(out).toEqual([Uint8Array.of(TOC[10] | 3, 128 | 2, 2, 1, 2), Uint8Array.of(TOC[20], 3)]);
  });

  it("with frames of 40 or 60 ms are refused: only a decoder could part them", () => {
    expect(new Reframer().take(Uint8Array.of(SILK_60, 1, 2, 3))).toBe("frames-too-long");
  });

  it("that no encoder makes are refused", () => {
    expect(new Reframer().take(new Uint8Array(0))).toBe("malformed");
    expect(new Reframer().take(Uint8Array.of(TOC[20] | 1, 1, 2, 3))).toBe("malformed");
    expect(new Reframer().take(new Uint8Array(1_300).fill(TOC[20], 0, 1))).toBe("frames-too-large");
  });
});

it("what is put in for a lost packet is 20 ms of the same kind, without any sound of its own", () => {
  for (const toc of [...Object.values(TOC), 0x48]) {
    const packet = concealed(Uint8Array.of(toc, 1, 2, 3));
    expect(opusSamples(packet)).toBe(960);
    expect(framesIn(packet)).toMatchObject({ toc });
    expect(framesIn(packet)?.frames.every(({ byteLength }) => byteLength === 0)).toBe(true);
  }
});
