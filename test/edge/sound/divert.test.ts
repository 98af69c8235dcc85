import { describe, expect, it } from "vitest";
import { Follower } from "../../contract/follower.ts";
import { holesIn, type OpenRoom, type Speaker } from "../../contract/house.ts";
import { workerdHouse } from "../../contract/workerd-house.ts";

const { eventually, pass } = workerdHouse;

/** A room with one leaf for `places` listeners, that does not grow. */
async function aSmallRoom(places: number): Promise<{ name: string; room: OpenRoom }> {
  const room = await workerdHouse.open(100, { leaves: 1, leafListeners: places, maxListeners: places });
  return { name: (await room.plan()).root, room };
}

async function goLive(room: OpenRoom): Promise<Speaker> {
  const host = await room.host();
  host.say({ type: "on-air" });
  host.speak();
  return host;
}

describe("a listener for whom no leaf has a place", () => {
  it("is told where segments are and when to come back, and that costs the room's object nothing", async () => {
    const { room } = await aSmallRoom(2);
    const host = await goLive(room);
    const ears = [await room.listener(), await room.listener()];
    await eventually("both hear", () => ears.every((ear) => ear.chunks.length > 10));
    const before = await room.roomRequests();
    const late = [await room.listener(), await room.listener(), await room.listener()];
    await eventually("they are diverted", () => late.every((ear) => ear.closed !== undefined));
    for (const { texts, closed, order } of late) {
      expect([closed, order]).toEqual([4405, "t"]);
      const segments = expect.stringMatching(/^\/rooms\/.*\/segments\/.{22}$/);
      expect(texts).toEqual([{ type: "lane", lane: "cached", segments, comeBackMs: expect.any(Number) }]);
    }
    expect(await room.roomRequests()).toBe(before);
    host.leave();
  });

  it("hears by segments what the others hear, and then live what comes after it, without a hole", async () => {
    const { name, room } = await aSmallRoom(1);
    const host = await goLive(room);
    const first = await room.listener();
    await eventually("the first hears", () => first.chunks.length > 10);
    const second = new Follower(name);
    await eventually("he hears by segments", () => second.lane === "cached" && second.chunks.length > 30);
    expect(second.diverted).toBeGreaterThan(1);
    first.leave();
    await eventually("he hears live", () => second.lane === "live");
    const reached = second.chunks.length;
    await eventually("he hears on", () => second.chunks.length > reached + 50);
    expectEveryChunk(second);
    // And into the cached lane, and out of it, once more.
    await second.awayFor(0);
    await eventually("he is back", () => second.lane === "live");
    await pass(1_000);
    expectEveryChunk(second);
    second.leave();
    host.leave();
  });

  it("hears a room that has not begun as soon as it begins", async () => {
    const { name, room } = await aSmallRoom(1);
    const first = await room.listener();
    await eventually("the first is welcome", () => first.texts.length > 0);
    const second = new Follower(name);
    await eventually("he is diverted", () => second.diverted > 0);
    const host = await goLive(room);
    await eventually("he hears", () => second.chunks.length > 20);
    expect(second.chunks[0]).toEqual({ epoch: 1, sequence: 1 });
    expectEveryChunk(second);
    second.leave();
    host.leave();
  });
});

describe("a listener who was away for longer than a leaf remembers", () => {
  it("is given what he missed from the cached lane, before what is live", async () => {
    const { name, room } = await aSmallRoom(2);
    const host = await goLive(room);
    const other = await room.listener();
    const one = new Follower(name);
    await eventually("he hears", () => one.chunks.length > 10);
    await one.awayFor(34_000);
    await eventually("he hears on", () => one.chunks.length > 380);
    expectEveryChunk(one);
    expect(one.gaps).toEqual([]);
    expect(one.filled).toBe(1);
    other.leave();
    one.leave();
    host.leave();
  });
});

function expectEveryChunk({ chunks }: Follower): void {
  expect(holesIn({ chunks })).toBe(0);
  expect(new Set(chunks.map(({ sequence }) => sequence)).size).toBe(chunks.length);
}
