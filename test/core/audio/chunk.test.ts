import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chunk, chunksIn, decodeChunk, encodeChunk, joinChunks, readHeader, type VoiceBlock } from "../../../src/core/audio/chunk.ts";
import { CHUNK_V1, CHUNK_V1_HEX } from "../../golden/chunk-v1.ts";

/** Random inputs per property here; together with the mutations some 2 × 10⁵ decodes. */
const RUNS = 100_000;

const block: fc.Arbitrary<VoiceBlock> = fc.record({
  voice: fc.integer({ min: 0, max: 65_535 }),
  level: fc.integer({ min: 0, max: 127 }),
  flags: fc.integer({ min: 0, max: 3 }),
  offsetSamples: fc.integer({ min: 0, max: 65_535 }),
  frames: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }),
});

const chunk: fc.Arbitrary<Omit<Chunk, "version">> = fc.record({
  flags: fc.integer({ min: 0, max: 3 }),
  epoch: fc.integer({ min: 1, max: 0xffff_ffff }),
  sequence: fc.integer({ min: 1, max: 0xffff_ffff }),
  roomTimeMs: fc.integer({ min: 0, max: 0xffff_ffff }),
  dueMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
  durationMs: fc.integer({ min: 0, max: 65_535 }),
  blocks: fc.array(block, { maxLength: 5 }),
});

describe("a chunk", () => {
  it("is laid out as version 1 was shipped", () => {
    expect(decodeChunk(bytesOf(CHUNK_V1_HEX), 0)).toEqual(CHUNK_V1);
    expect(hexOf(encodeChunk(CHUNK_V1))).toBe(CHUNK_V1_HEX.replaceAll(/\s/g, ""));
  });

  it("comes back as it went, whatever it holds", () => {
    fc.assert(
      fc.property(chunk, (one) => {
        expect(decodeChunk(encodeChunk(one), 0)).toEqual({ ...one, version: 1 });
      }),
      { numRuns: 2_000 },
    );
  });

  it("stands back to back with others, and each is found again", () => {
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 6 }), (all) => {
        const message = joinChunks(all.map((one) => encodeChunk(one)));
        const found = [...chunksIn(message)].map(({ at }) => decodeChunk(message, at));
        expect(found).toEqual(all.map((one) => ({ ...one, version: 1 })));
      }),
      { numRuns: 500 },
    );
  });

  it("may have a longer header and longer blocks than we know: the rest is skipped", () => {
    const known = bytesOf(CHUNK_V1_HEX);
    const longer = Uint8Array.from([...known.slice(0, 28), 0xaa, 0xbb, ...known.slice(28)]);
    new DataView(longer.buffer).setUint16(0, longer.byteLength);
    longer[3] = 30;
    expect(decodeChunk(longer, 0)).toEqual(CHUNK_V1);
    const longerBlock = Uint8Array.from([...known, 0xcc, 0xdd]);
    const view = new DataView(longerBlock.buffer);
    view.setUint16(0, longerBlock.byteLength);
    const lastBlockAt = known.byteLength - 17;
    view.setUint16(lastBlockAt, view.getUint16(lastBlockAt) + 2);
    expect(decodeChunk(longerBlock, 0)).toEqual(CHUNK_V1);
  });

  it("of a newer version is not decoded, but can be stepped over and ordered", () => {
    const newer = bytesOf(CHUNK_V1_HEX);
    newer[2] = 2;
    expect(decodeChunk(newer, 0)).toEqual({ malformed: "chunk-version-unknown" });
    expect(readHeader(newer, 0)).toMatchObject({ version: 2, epoch: CHUNK_V1.epoch, sequence: CHUNK_V1.sequence });
    expect([...chunksIn(newer)]).toHaveLength(1);
  });

  it("that is garbage is refused without a throw, whatever the bytes", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.integer({ min: -5, max: 130 }), (bytes, at) => {
        expect(isCarefulWith(bytes, at)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("with some bytes changed is decoded or refused, but never read past its end", { timeout: 120_000 }, () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const sample = fc.sample(chunk, { numRuns: 200, seed: 7 }).map((one) => encodeChunk(one));
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), (which, changes, cut) => {
        const bytes = Uint8Array.from(sample[which] ?? []);
        for (const [where, value] of changes) bytes[where % bytes.length] = value;
        expect(isCarefulWith(bytes.subarray(0, cut % 4 === 0 ? cut % bytes.length : bytes.length), 0)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Decodes `bytes` from within a larger buffer full of traps: frames must be views that lie inside. */
function isCarefulWith(bytes: Uint8Array, at: number): boolean {
  const buffer = new Uint8Array(bytes.byteLength + 64).fill(0xff);
  buffer.set(bytes, 32);
  const message = buffer.subarray(32, 32 + bytes.byteLength);
  const found = decodeChunk(message, at);
  if ("malformed" in found) return true;
  return found.blocks.every(({ frames }) =>
    frames.every((frame) => frame.byteOffset >= 32 && frame.byteOffset + frame.byteLength <= 32 + bytes.byteLength),
  );
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from((hex.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)));
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
