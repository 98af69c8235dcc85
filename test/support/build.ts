import { encodeChunk, type VoiceBlock } from "../../src/core/audio/chunk.ts";
import { audienceOf, parseRoomId, type RoomId } from "../../src/core/ids.ts";
import type { NodeRef, Plan } from "../../src/core/tree/shape/plan.ts";
import type { Region } from "../../src/core/tree/shape/region.ts";
import { NOTHING } from "../../src/core/tree/up/tally.ts";
import type { TallyReport } from "../../src/core/tree/up/totals.ts";

/** Builders: they fill in what a test does not care about. */

/** The bytes of chunk `sequence`: 100 ms, one voice with one small frame, unless told otherwise. */
export function aChunk(
  sequence: number,
  { epoch = 1, blocks = [aBlock()] }: { epoch?: number; blocks?: readonly VoiceBlock[] } = {},
): Uint8Array {
  return encodeChunk({ flags: 0, epoch, sequence, roomTimeMs: (sequence - 1) * 100, dueMs: sequence * 100, durationMs: 100, blocks });
}

/** Chunks `from` to `to`, back to back in one message. */
export function chunks(from: number, to: number, epoch = 1): Uint8Array {
  const all = Array.from({ length: to - from + 1 }, (_, index) => [...aChunk(from + index, { epoch })]);
  return Uint8Array.from(all.flat());
}

export function aBlock(of: Partial<VoiceBlock> = {}): VoiceBlock {
  return { voice: 1, level: 30, flags: 0, offsetSamples: 0, frames: [Uint8Array.of(0x08, 1, 2)], ...of };
}

/** A 20 ms Opus packet of `bytes` bytes: SILK wide band, one frame. */
export function aFrame(bytes = 40, fill = 7): Uint8Array {
  return new Uint8Array(bytes).fill(fill).fill(0x48, 0, 1);
}

export function roomId(name: string): RoomId {
  const room = parseRoomId(name);
  if (room === undefined) throw new Error(`not a room's name: ${name}`);
  return room;
}

/** A plan of `leaves` leaves in western Europe, unless told otherwise. */
export function aPlan(
  of: { leaves?: number; fanOut?: number; revision?: number; regions?: Plan["regions"]; leafListeners?: number; planted?: boolean } = {},
): Plan {
  const room = roomId("demo");
  return {
    revision: of.revision ?? 1,
    audience: audienceOf(room),
    root: room,
    fanOut: of.fanOut ?? 4,
    leafListeners: of.leafListeners ?? 64,
    regions: of.regions ?? { weur: { firstOpen: 0, width: of.leaves ?? 16 } },
    planted: of.planted ?? false,
    verifyKey: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
  };
}

/** A child's report in which nothing is told but what a test cares about. */
export function aTally(revision: number, of: Partial<TallyReport> = {}): TallyReport {
  return { ...NOTHING, life: 0, reactions: {}, unique: "", asks: [], ...of, revision };
}

export function leaf(index: number, region: Region = "weur"): NodeRef {
  return { audience: audienceOf(roomId("demo")), region, level: 0, index };
}

export { luck } from "../../src/sim/luck.ts";
