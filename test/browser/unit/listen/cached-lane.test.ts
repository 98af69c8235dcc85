import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cachedLanes } from "../../../../src/browser/listen/cached-lane.ts";
import { aChunk } from "../../../support/build.ts";
import { LANE_HEAD } from "../../../support/lane.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** How often the head is asked for within half a minute. */
async function headsAsked(reads: boolean): Promise<number> {
  let heads = 0;
  vi.stubGlobal("fetch", async (address: string) => {
    if (!address.endsWith("head")) return new Response(Uint8Array.from(aChunk(Number(address.split("/").at(-1)) * 20 + 1)));
    heads++;
    return Response.json(LANE_HEAD);
  });
  const nothing = () => undefined;
  const lane = cachedLanes(undefined, () => reads)("/rooms/demo/segments/secret", undefined, undefined, {
    hear: nothing,
    gap: nothing,
    states: nothing,
    done: nothing,
  });
  await vi.advanceTimersByTimeAsync(30_000);
  lane.stop();
  return heads;
}

describe("the cached lane's news", () => {
  it("are asked for every few seconds by who reads captions, and seldom by who does not", async () => {
    const [seldom, often] = [await headsAsked(false), await headsAsked(true)];
    expect(seldom).toBeLessThanOrEqual(3);
    expect(often).toBeGreaterThanOrEqual(6);
    expect(often).toBeLessThanOrEqual(9);
  });
});
