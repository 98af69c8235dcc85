import { describe, expect, it } from "vitest";
import { CHUNK_FLAG, chunksIn, encodeChunk, readHeader } from "../../../../src/core/audio/chunk.ts";
import { localTime } from "../../../../src/core/ids.ts";
import { Feed } from "../../../../src/core/tree/down/feed.ts";
import { Listeners } from "../../../../src/core/tree/down/listeners.ts";
import { aBlock, aChunk } from "../../../support/build.ts";

/** Listeners of one leaf, and what each was sent per message: sequences, or `gap`. */
function aCrowd(count: number, stride?: number, keepMs = 30_000) {
  const feed = new Feed(keepMs);
  const listeners = new Listeners<string>(feed, stride);
  const inboxes = new Map<string, (number[] | string)[]>();
  const queued = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    listeners.add(`ear ${index}`, feed.newest);
    inboxes.set(`ear ${index}`, []);
  }
  const lines = {
    send: (link: string, message: Uint8Array | string) =>
      void inboxes
        .get(link)
        ?.push(typeof message === "string" ? "gap" : [...chunksIn(message)].map(({ at }) => readHeader(message, at)?.sequence ?? -1)),
    queued: (link: string) => queued.get(link) ?? 0,
    heardAt: () => undefined,
  };
  const tick = (sequence: number, isSilent = false) => {
    const now = localTime(sequence * 100);
    feed.hear(aChunk(sequence, isSilent ? { blocks: [] } : {}), now);
    const { last } = feed;
    return last !== undefined && listeners.heard(last, true, now) ? listeners.deliver(lines, now) : [];
  };
  let mergedMs = 0;
  /** A chunk of a root that was late: it covers `ticks` ticks. */
  const merged = (sequence: number, ticks: number) => {
    const roomTimeMs = (sequence - 1) * 100 + mergedMs;
    const durationMs = ticks * 100;
    mergedMs += durationMs - 100;
    const now = localTime(roomTimeMs + durationMs);
    const flags = CHUNK_FLAG.mergedTicks;
    feed.hear(encodeChunk({ flags, epoch: 1, sequence, roomTimeMs, dueMs: now, durationMs, blocks: [aBlock()] }), now);
    const { last } = feed;
    if (last !== undefined && listeners.heard(last, true, now)) listeners.deliver(lines, now);
  };
  return { feed, listeners, lines, inboxes, queued, tick, merged };
}

describe("listeners at stride 1", () => {
  it("hear each chunk at once, the very bytes that came", () => {
    const { inboxes, tick } = aCrowd(3);
    for (let sequence = 1; sequence <= 4; sequence++) tick(sequence);
    expect([...inboxes.values()]).toEqual(Array.from({ length: 3 }, () => [[1], [2], [3], [4]]));
  });

  it("hear once that silence follows, then one message a second, and sound again at once", () => {
    const { inboxes, tick } = aCrowd(1);
    tick(1);
    for (let sequence = 2; sequence <= 25; sequence++) tick(sequence, true);
    tick(26);
    const sizes = inboxes.get("ear 0")?.map((message) => message.length);
    expect(sizes).toEqual([1, 1, 10, 10, 4]);
  });
});

describe("listeners at stride 5", () => {
  it("are sent five chunks every fifth time, a fifth of them with each chunk", () => {
    const { inboxes, tick } = aCrowd(100, 5);
    for (let sequence = 1; sequence <= 20; sequence++) {
      const before = [...inboxes.values()].reduce((sum, inbox) => sum + inbox.length, 0);
      tick(sequence);
      const after = [...inboxes.values()].reduce((sum, inbox) => sum + inbox.length, 0);
      expect(after - before).toBe(20);
    }
    for (const inbox of inboxes.values()) {
      const heard = inbox.flat();
      expect(heard).toEqual(Array.from({ length: heard.length }, (_, index) => index + 1));
      expect(inbox.slice(1).every((message) => message.length === 5)).toBe(true);
    }
  });

  it("hear within a second where a late root merges ticks, though five such chunks take longer", () => {
    const { inboxes, tick, merged } = aCrowd(100, 5);
    for (let sequence = 1; sequence <= 10; sequence++) tick(sequence);
    const counts = () => [...inboxes.values()].map((inbox) => inbox.length);
    const before = counts();
    merged(11, 4);
    expect(counts().filter((count, index) => count > (before[index] ?? 0))).toHaveLength(60);
    merged(12, 3);
    expect(counts()).toEqual(before.map((count) => count + 1));
    merged(13, 30);
    expect(counts()).toEqual(before.map((count) => count + 2));
    for (const inbox of inboxes.values()) expect(inbox.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it("are sent what is still held when the sound stops", () => {
    const { feed, listeners, lines, inboxes, tick } = aCrowd(10, 5);
    for (let sequence = 1; sequence <= 7; sequence++) tick(sequence);
    expect(listeners.isBehind).toBe(true);
    listeners.flush(lines, localTime(800));
    expect(listeners.isBehind).toBe(false);
    for (const inbox of inboxes.values()) expect(inbox.flat().at(-1)).toBe(feed.newest.sequence);
  });
});

describe("a listener whose line stands still", () => {
  it("is sent nothing more above the bound, and all he missed once it has drained", () => {
    const { listeners, inboxes, queued, tick } = aCrowd(2);
    tick(1);
    queued.set("ear 0", 70_000);
    for (let sequence = 2; sequence <= 50; sequence++) tick(sequence);
    expect(inboxes.get("ear 0")).toEqual([[1]]);
    expect(listeners.slow).toBe(1);
    queued.set("ear 0", 0);
    tick(51);
    expect(inboxes.get("ear 0")?.flat()).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    expect(listeners.slow).toBe(0);
    expect(inboxes.get("ear 1")?.flat()).toHaveLength(51);
  });

  it("goes on at the live edge, told of the gap, if what he missed is not kept any more", () => {
    const { inboxes, queued, tick } = aCrowd(1, 1, 5_000);
    tick(1);
    queued.set("ear 0", 70_000);
    for (let sequence = 2; sequence <= 100; sequence++) tick(sequence);
    queued.set("ear 0", 0);
    tick(101);
    tick(102);
    expect(inboxes.get("ear 0")).toEqual([[1], "gap", [102]]);
  });

  it("is given up after half a minute", () => {
    const { queued, tick } = aCrowd(2);
    tick(1);
    queued.set("ear 1", 70_000);
    let given: readonly string[] = [];
    for (let sequence = 2; sequence <= 310 && given.length === 0; sequence++) given = tick(sequence);
    expect(given).toEqual(["ear 1"]);
  });
});
