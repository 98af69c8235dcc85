import { describe, expect, it } from "vitest";
import { Playhead, type View } from "../../../src/core/audio/playhead.ts";

const MS = 48;
const BLOCK = 128;
/** A second of the line has arrived, and it should sound 200 ms after its place. */
const USUAL: View = { now: 300 * MS, end: 1_000 * MS, target: 200 * MS, quietFor: () => 0, silenceFollows: false };

describe("a playhead that begins", () => {
  it("starts inside what the greeting brought, where the target says", () => {
    const head = new Playhead();
    expect(head.next(USUAL, BLOCK)).toEqual({ do: "play" });
    expect(head.position).toBe(100 * MS);
  });

  it("waits until there is something to play", () => {
    const head = new Playhead();
    expect(head.next({ ...USUAL, target: undefined }, BLOCK)).toEqual({ do: "hold" });
    expect(head.next({ ...USUAL, end: 0 }, BLOCK)).toEqual({ do: "hold" });
    expect(head.playing).toBe(false);
  });
});

describe("a playhead whose line runs dry", () => {
  it("holds, goes on exactly where it stopped, and counts one stall", () => {
    const { head, position } = aDryHead();
    const late = { ...USUAL, end: position + 100 * MS, now: position + 220 * MS };
    expect(head.next(late, BLOCK)).toEqual({ do: "play" });
    expect(head.position).toBe(position);
    expect(head.stalls).toBe(1);
    expect(head.stalledFor).toBe(20 * MS);
  });

  it("waits for the target, so that the next chunk is not late too", () => {
    const { head, position } = aDryHead();
    const early = { ...USUAL, end: position + 100 * MS, now: position + 230 * MS, target: 260 * MS };
    expect(head.next(early, BLOCK)).toEqual({ do: "hold" });
    expect(head.next({ ...early, now: position + 260 * MS }, BLOCK)).toEqual({ do: "play" });
  });

  it("counts no stall when nobody was on air meanwhile", () => {
    const { head, position } = aDryHead();
    head.arrived(position, position, true);
    head.next({ ...USUAL, end: position + 100 * MS, now: position + 9_000 * MS, target: 8_900 * MS }, BLOCK);
    expect(head.playing).toBe(true);
    expect(head.stalls).toBe(0);
  });

  it("plays on into silence that was announced, and returns to the first word after it", () => {
    const head = aHead();
    const position = head.position;
    const view = { ...USUAL, end: position, silenceFollows: true };
    expect(head.next(view, BLOCK)).toEqual({ do: "play" });
    head.moved(700 * MS);
    head.arrived(position + 500 * MS, position, false);
    expect(head.position).toBe(position + 500 * MS);
    expect(head.stalls).toBe(0);
  });

  it("returns to the first word also when that comes after all silence that it believed in", () => {
    const head = aHead();
    const position = head.position;
    head.moved(2_500 * MS);
    expect(head.next({ ...USUAL, end: position, silenceFollows: true }, BLOCK)).toEqual({ do: "hold" });
    head.arrived(position, position, true);
    expect(head.position).toBe(position);
  });

  it("does not believe in announced silence for ever", () => {
    const head = aHead();
    expect(head.next({ ...USUAL, end: head.position - 2_500 * MS, silenceFollows: true }, BLOCK)).toEqual({ do: "hold" });
  });
});

describe("a playhead that is behind its target", () => {
  it("does nothing about less than 10 ms", () => {
    expect(aHead().next({ ...USUAL, now: 309 * MS, quietFor: () => 400 * MS }, BLOCK)).toEqual({ do: "play" });
  });

  it("leaves out what it lacks of a pause, and keeps 80 ms of it", () => {
    const behind = { ...USUAL, now: 700 * MS };
    expect(aHead().next({ ...behind, quietFor: () => 300 * MS }, BLOCK)).toEqual({ do: "splice", by: 220 * MS, quiet: true });
    expect(aHead().next({ ...behind, now: 350 * MS, quietFor: () => 300 * MS }, BLOCK)).toEqual({ do: "splice", by: 50 * MS, quiet: true });
  });

  it("is at most 1.1 times as fast while somebody sounds", () => {
    const head = aHead();
    let now = USUAL.now + 3_000 * MS;
    const from = head.position;
    const started = now;
    while (now < started + 10_000 * MS) {
      const move = head.next({ ...USUAL, now, end: 60_000 * MS }, BLOCK);
      if (move.do === "splice") {
        head.moved(move.by);
        head.spliced(move.by, now);
      }
      head.moved(BLOCK);
      now += BLOCK;
    }
    const speed = (head.position - from) / (now - started);
    expect(speed).toBeGreaterThan(1.08);
    expect(speed).toBeLessThanOrEqual(1.11);
  });

  it("jumps when told, never backwards", () => {
    const head = aHead();
    head.jump(5_000 * MS, 200 * MS);
    expect(head.position).toBe(4_800 * MS);
    head.jump(1_000 * MS, 200 * MS);
    expect(head.position).toBe(4_800 * MS);
  });
});

describe("a playhead that jumped while its line was dry", () => {
  it("does not return to what came too late", () => {
    const { head, position } = aDryHead();
    head.jump(position + 5_200 * MS, 200 * MS);
    head.arrived(position, position, false);
    expect(head.position).toBe(position + 5_000 * MS);
  });

  it("returns to the first word when the room begins anew", () => {
    const { head, position } = aDryHead();
    head.jump(position + 5_200 * MS, 200 * MS);
    head.arrived(position, position, true);
    expect(head.position).toBe(position);
  });
});

describe("a playhead that is ahead of its target", () => {
  it("makes pauses longer", () => {
    expect(aHead().next({ ...USUAL, target: 240 * MS, quietFor: () => 200 * MS }, BLOCK)).toEqual({ do: "hold" });
  });

  it("stretches speech when it is far ahead", () => {
    expect(aHead().next({ ...USUAL, target: 300 * MS }, BLOCK)).toMatchObject({ do: "splice", by: -20 * MS });
    expect(aHead().next({ ...USUAL, target: 230 * MS }, BLOCK)).toEqual({ do: "play" });
  });
});

/** A head that plays at 100 ms of the line, exactly on target at USUAL.now. */
function aHead(): Playhead {
  const head = new Playhead();
  head.next(USUAL, BLOCK);
  return head;
}

function aDryHead(): { head: Playhead; position: number } {
  const head = aHead();
  const position = head.position;
  expect(head.next({ ...USUAL, end: position }, BLOCK)).toEqual({ do: "hold" });
  expect(head.playing).toBe(false);
  return { head, position };
}
