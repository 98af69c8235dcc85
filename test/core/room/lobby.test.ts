import { describe, expect, it } from "vitest";
import { type Listing, listingOf, shownOf, withListing, withoutListing } from "../../../src/core/room/lobby.ts";

const NOW = Date.parse("2026-11-23T20:00Z");
const MINUTE = 60_000;

function aRoom(room: string, of: Partial<Listing> = {}): Listing {
  return { room, title: room, createdAt: "2026-11-01T00:00:00.000Z", live: false, listeners: 0, at: NOW, ...of };
}

function opening(room: string, inMinutes: number, of: Partial<Listing> = {}): Listing {
  return aRoom(room, { opensAt: new Date(NOW + inMinutes * MINUTE).toISOString(), timeZone: "UTC", ...of });
}

function names(...listings: Listing[]): readonly string[] {
  return shownOf(listings, NOW).map(({ room }) => room);
}

describe("the lobby", () => {
  it("shows who is live by listeners, then what is announced by time, then who was quiet lately", () => {
    const few = aRoom("few", { live: true, listeners: 3 });
    const many = aRoom("many", { live: true, listeners: 300 });
    const old = { at: NOW - 30 * 24 * 60 * MINUTE };
    expect(names(aRoom("new"), opening("later", 90, old), few, opening("soon", 5), many)).toEqual(["many", "few", "soon", "later", "new"]);
  });

  it("forgets who has been quiet for an hour, whose evening never came, and does not believe who was live and says no more", () => {
    expect(names(aRoom("stale", { at: NOW - 61 * MINUTE }), opening("never", -61), opening("late", -5))).toEqual(["late"]);
    expect(shownOf([aRoom("dead", { live: true, listeners: 9, at: NOW - 4 * MINUTE })], NOW)).toMatchObject([
      { live: false, listeners: 0 },
    ]);
  });

  it("has each room once, as it last said it is, and not at all once it is off", () => {
    const twice = withListing(withListing([], aRoom("a"), NOW), aRoom("a", { title: "New" }), NOW);
    expect(twice).toEqual([aRoom("a", { title: "New" })]);
    expect(withoutListing(twice, "a")).toEqual([]);
  });

  it("is bounded, and live rooms are the last to give way", () => {
    let all: readonly Listing[] = [aRoom("live", { live: true, listeners: 1 })];
    for (let index = 0; index < 700; index++) all = withListing(all, aRoom(`room-${index}`), NOW);
    expect(all).toHaveLength(500);
    expect(shownOf(all, NOW)).toHaveLength(100);
    expect(shownOf(all, NOW)[0]?.room).toBe("live");
  });

  it("reads what an older version has kept", () => {
    expect(listingOf({ room: "a", title: "A", createdAt: "2026-11-23T19:30:00.000Z" })).toMatchObject({
      live: false,
      listeners: 0,
      at: NOW - 30 * MINUTE,
    });
    for (const wrong of [undefined, null, "a", {}, { room: 1, title: "A", createdAt: "" }]) expect(listingOf(wrong)).toBeUndefined();
  });
});
