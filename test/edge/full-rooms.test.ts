import { describe, expect, it } from "vitest";
import { foundFull, foundSeat, leaveUncounted, mayKnock, takeUncounted } from "../../src/edge/full-rooms.ts";
import { roomId } from "../support/build.ts";

describe("an edge that finds a room full", () => {
  it("sends nobody more to look for a seat, but one a second", () => {
    const room = roomId("full-one");
    expect(mayKnock(room, 1, 0)).toBe(true);
    foundFull(room, 1, true, 0);
    expect([10, 999, 1_000, 1_001, 1_999, 2_000].map((now) => mayKnock(room, 1, now))).toEqual([false, false, true, false, false, true]);
  });

  it("takes bad luck for what it is, three times", () => {
    const room = roomId("full-two");
    for (const now of [0, 1]) {
      foundFull(room, 1, false, now);
      expect(mayKnock(room, 1, now)).toBe(true);
    }
    foundSeat(room);
    for (const now of [2, 3, 4]) foundFull(room, 1, false, now);
    expect(mayKnock(room, 1, 5)).toBe(false);
  });

  it("looks again as soon as it knows a newer plan, and when one found a seat", () => {
    const room = roomId("full-three");
    foundFull(room, 1, true, 0);
    expect([mayKnock(room, 1, 1), mayKnock(room, 2, 1)]).toEqual([false, true]);
    foundSeat(room);
    expect(mayKnock(room, 1, 1)).toBe(true);
  });

  it("remembers who was turned away unheard, until a leaf is told, once", () => {
    const room = roomId("full-four");
    leaveUncounted(room, "apac", 1);
    leaveUncounted(room, "apac", 2);
    leaveUncounted(room, "weur", 1);
    expect([takeUncounted(room, "apac"), takeUncounted(room, "apac"), takeUncounted(room, "weur")]).toEqual([3, 0, 1]);
  });
});
