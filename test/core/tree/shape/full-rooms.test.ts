import { describe, expect, it } from "vitest";
import { FullRooms } from "../../../../src/core/tree/shape/full-rooms.ts";
import { placeListener } from "../../../../src/core/tree/shape/place.ts";
import { aPlan, leaf, roomId } from "../../../support/build.ts";

const rooms = new FullRooms();

describe("an edge that finds a room full", () => {
  it("sends nobody more to look for a seat, but one a second", () => {
    const room = roomId("full-one");
    expect(rooms.mayKnock(room, 1, 0)).toBe(true);
    rooms.foundFull(room, 1, true, 0);
    expect([10, 999, 1_000, 1_001, 1_999, 2_000].map((now) => rooms.mayKnock(room, 1, now))).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("takes bad luck for what it is, three times", () => {
    const room = roomId("full-two");
    for (const now of [0, 1]) {
      rooms.foundFull(room, 1, false, now);
      expect(rooms.mayKnock(room, 1, now)).toBe(true);
    }
    rooms.foundSeat(room);
    for (const now of [2, 3, 4]) rooms.foundFull(room, 1, false, now);
    expect(rooms.mayKnock(room, 1, 5)).toBe(false);
  });

  it("looks again as soon as it knows a newer plan, and when one found a seat", () => {
    const room = roomId("full-three");
    rooms.foundFull(room, 1, true, 0);
    expect([rooms.mayKnock(room, 1, 1), rooms.mayKnock(room, 2, 1)]).toEqual([false, true]);
    rooms.foundSeat(room);
    expect(rooms.mayKnock(room, 1, 1)).toBe(true);
  });

  it("remembers who was turned away unheard, until a leaf is told, once", () => {
    const room = roomId("full-four");
    rooms.leaveUncounted(room, "apac", 1);
    rooms.leaveUncounted(room, "apac", 2);
    rooms.leaveUncounted(room, "weur", 1);
    expect([rooms.takeUncounted(room, "apac"), rooms.takeUncounted(room, "apac"), rooms.takeUncounted(room, "weur")]).toEqual([3, 0, 1]);
  });

  it("sends nobody else to a leaf that said it was full, for a second, and to the others as before", () => {
    const room = roomId("full-five");
    const plan = aPlan({ leaves: 3 });
    rooms.leafIsFull(room, leaf(0), 0);
    rooms.leafIsFull(room, leaf(2), 500);
    const next = (now: number) => [0, 0.4, 0.9].map((random) => placeListener(plan, "weur", random, rooms.fullLeaves(room, now))?.index);
    expect([next(999), next(1_000), next(1_500)]).toEqual([
      [1, 1, 1],
      [0, 1, 0],
      [0, 1, 2],
    ]);
  });

  it("remembers no more full leaves than a small tree has, the newest", () => {
    const room = roomId("full-six");
    for (let index = 0; index < 1_000; index++) rooms.leafIsFull(room, leaf(index), index / 1_000);
    expect(rooms.fullLeaves(room, 2).length).toBe(64);
    expect(rooms.fullLeaves(room, 2).at(-1)).toEqual(leaf(999));
    expect(rooms.fullLeaves(roomId("full-seven"), 2)).toEqual([]);
  });
});
