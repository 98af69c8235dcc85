import { describe, expect, it } from "vitest";
import { chunksIn, encodeChunk, joinChunks, readHeader } from "../../../../src/core/audio/chunk.ts";
import { localTime } from "../../../../src/core/ids.ts";
import { Feed } from "../../../../src/core/tree/down/feed.ts";
import type { Part } from "../../../../src/core/tree/down/parts.ts";
import { aChunk, chunks } from "../../../support/build.ts";

const now = localTime(0);

describe("what a node hears", () => {
  it("is handed on untouched: the very bytes that came", () => {
    const feed = new Feed(30_000);
    const message = aChunk(1);
    expect(feed.hear(message, now)[0]?.bytes).toBe(message);
  });

  it("twice, is handed on once", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 5), now);
    expect(feed.hear(chunks(3, 5), now)).toEqual([]);
    expect(sequencesOf(feed.hear(chunks(4, 8), now))).toEqual([6, 7, 8]);
  });

  it("with a sequence missing, is handed on after a break that says so", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 5), now);
    const [part] = feed.hear(chunks(9, 10), now);
    expect(part?.before).toEqual({ reason: "missed", from: { epoch: 1, sequence: 5 }, to: { epoch: 1, sequence: 9 } });
  });

  it("from a new epoch, is handed on after a break, and the old epoch never again", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 5), now);
    const [part] = feed.hear(chunks(1, 2, 2), now);
    expect(part?.before).toEqual({ reason: "epoch", from: { epoch: 1, sequence: 5 }, to: { epoch: 2, sequence: 1 } });
    expect(feed.hear(chunks(6, 9), now)).toEqual([]);
  });

  it("in one message across two epochs, is cut at the break", () => {
    const feed = new Feed(30_000);
    const parts = feed.hear(joinChunks([chunks(1, 3), chunks(1, 2, 2)]), now);
    expect(parts.map((part) => sequencesOf([part]))).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    expect(parts.map((part) => part.before?.reason)).toEqual([undefined, "epoch"]);
  });

  it("that is garbage, is nothing", () => {
    const feed = new Feed(30_000);
    expect(feed.hear(Uint8Array.of(1, 2, 3), now)).toEqual([]);
    expect(feed.hear(new Uint8Array(100), now)).toEqual([]);
    expect(feed.newest).toEqual({ epoch: 0, sequence: 0 });
  });
});

describe("what a node keeps", () => {
  it("is all that came after a position, without a break where there is none", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 20), now);
    const parts = feed.after({ epoch: 1, sequence: 12 });
    expect(sequencesOf(parts)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    expect(parts[0]?.before).toBeUndefined();
  });

  it("goes back as far as was promised, and a break tells of what is older", () => {
    const feed = new Feed(1_000);
    feed.hear(chunks(1, 50), now);
    const parts = feed.after({ epoch: 1, sequence: 10 });
    expect(sequencesOf(parts)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(parts[0]?.before).toEqual({ reason: "missed", from: { epoch: 1, sequence: 10 }, to: { epoch: 1, sequence: 41 } });
  });

  it("of nothing at all, is a break all the same: a leaf that slept has lost its ring", () => {
    const feed = new Feed(30_000, { epoch: 1, sequence: 500 });
    const [part] = feed.after({ epoch: 1, sequence: 480 });
    expect(part?.before).toEqual({ reason: "missed", from: { epoch: 1, sequence: 480 }, to: { epoch: 1, sequence: 501 } });
    expect(feed.after({ epoch: 1, sequence: 500 })).toEqual([]);
  });

  it("greets a newcomer with nothing from before a pause", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 50), now);
    feed.hear(encodeChunk({ flags: 0, epoch: 1, sequence: 51, roomTimeMs: 90_000, dueMs: 0, durationMs: 100, blocks: [] }), now);
    expect(sequencesOf(feed.tail(now).parts)).toEqual([51]);
  });

  it("greets a newcomer with the last second, unless that is long ago", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 50), localTime(10_000));
    expect(sequencesOf(feed.tail(localTime(10_500)).parts)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(feed.tail(localTime(60_000)).parts).toEqual([]);
  });
});

function sequencesOf(parts: readonly Part[]): number[] {
  return parts.flatMap(({ bytes }) => [...chunksIn(bytes)].map(({ at }) => readHeader(bytes, at)?.sequence ?? -1));
}

describe("the last words before a long quiet", () => {
  it("are not handed out for longer than a minute, however little comes after them", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 20), now);
    feed.forget(localTime(60_000));
    expect(sequencesOf(feed.after({ epoch: 1, sequence: 18 }))).toEqual([19, 20]);
    feed.forget(localTime(60_001));
    for (const sequence of [5, 18, 19]) {
      const [part, ...more] = feed.after({ epoch: 1, sequence });
      expect([part?.bytes.byteLength, more.length]).toEqual([0, 0]);
      expect(part?.before).toEqual({ reason: "missed", from: { epoch: 1, sequence }, to: { epoch: 1, sequence: 21 } });
    }
    expect(feed.after({ epoch: 1, sequence: 20 })).toEqual([]);
    feed.hear(aChunk(21), localTime(90_000));
    expect(sequencesOf(feed.after({ epoch: 1, sequence: 20 }))).toEqual([21]);
  });
});

describe("strangers who say that they stand anywhere", () => {
  it("make nobody remember an answer to each of them", () => {
    const feed = new Feed(30_000);
    feed.hear(chunks(1, 300), now);
    const first = feed.slice({ epoch: 1, sequence: 1 }, 10_000);
    expect(feed.slice({ epoch: 1, sequence: 1 }, 10_000)).toBe(first);
    for (let sequence = 2; sequence < 200; sequence++) feed.slice({ epoch: 1, sequence }, 10_000);
    expect(feed.slice({ epoch: 1, sequence: 1 }, 10_000)).not.toBe(first);
  });
});
