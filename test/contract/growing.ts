import { describe, expect, it } from "vitest";
import { relayLevels } from "../../src/core/tree/shape/plan.ts";
import { type Ear, type House, holesIn, type OpenRoom } from "./house.ts";

/** What a crowd of any size can count on, in a room that was made for a few. */
export function growing(house: House): void {
  describe("a room that more come to than it was made for", () => {
    it("grows from two leaves to relays while the host speaks, and nobody misses a chunk or hears one twice", async () => {
      const room = await house.open(100, { leaves: 2, leafListeners: 8 });
      const host = await room.host();
      host.say({ type: "on-air" });
      host.speak();
      const ears = await Promise.all(Array.from({ length: 6 }, () => comeIn(house, room)));
      await house.eventually("the first hear", () => ears.every((ear) => ear.chunks.length >= 5));
      expect(relayLevels(await room.plan())).toBe(0);
      const before = await room.roomRequests();
      ears.push(...(await Promise.all(Array.from({ length: 54 }, () => comeIn(house, room)))));
      await house.eventually("relays stand between", async () => relayLevels(await room.plan()) > 0);
      const reached = ears.map((ear) => ear.chunks.length + 30);
      await house.eventually("all hear on for three seconds", () => ears.every((ear, index) => ear.chunks.length >= (reached[index] ?? 0)));
      for (const ear of ears) {
        expect(holesIn(ear)).toBe(0);
        expect(ear.closed).toBeUndefined();
        expect(ear.texts.some((text) => text.type === "gap")).toBe(false);
      }
      // New top nodes ask the room to be fed; no join does.
      expect((await room.roomRequests()) - before).toBeLessThan(40);
      await house.eventually("all are counted", async () => (await room.progress()).listeners === 60);
      host.leave();
    });

    it("grows while it is quiet, for who gathers before the host speaks: nobody stays outside, and all hear", async () => {
      const room = await house.open(100, { leaves: 1, leafListeners: 64 });
      const ears: Ear[] = [await comeIn(house, room)];
      const looks = await room.audienceLooks();
      for (let wave = 0; wave < 10; wave++) {
        ears.push(...(await Promise.all(Array.from({ length: 30 }, () => comeIn(house, room)))));
      }
      expect(await room.audienceLooks()).toBe(looks);
      await house.eventually("all are counted", async () => (await room.progress()).listeners === 301);
      const { leaves, full } = await room.progress();
      expect(leaves).toBeGreaterThan(4);
      expect(leaves).toBeLessThan(60);
      expect(full).toBe(false);
      const host = await room.host();
      host.say({ type: "on-air" });
      host.speak();
      await house.eventually("all hear", () => ears.every((ear) => ear.frames > 10));
      expect(ears.every((ear) => holesIn(ear) === 0 && ear.closed === undefined)).toBe(true);
      host.leave();
    });
  });

  describe("a room that the operator allows sixteen listeners", () => {
    it("takes sixteen, says that it is full, and takes another when one has left", async () => {
      const room = await house.open(100, { leaves: 1, leafListeners: 8, maxListeners: 16 });
      const ears = await Promise.all(Array.from({ length: 16 }, () => comeIn(house, room)));
      await house.eventually("it is full", async () => (await room.progress()).listeners === 16);
      const late = await room.listener();
      await house.eventually("the seventeenth is diverted", () => late.closed === 4405);
      await house.eventually("it says so", async () => (await room.progress()).full);
      expect(await room.progress()).toMatchObject({ leaves: 2, seats: 16, listeners: 16 });
      for (const ear of ears.slice(0, 4)) ear.leave();
      await comeIn(house, room);
    });
  });

  describe("a room that expects a crowd", () => {
    it("has every leaf awake and linked before anybody comes, and the first who comes hears the first word", async () => {
      const room = await house.open(100, { leaves: 1, leafListeners: 8 });
      expect(await room.progress()).toMatchObject({ expected: 0, leaves: 1, ready: 0 });
      expect(await room.expect(100)).toMatchObject({ expected: 100, leaves: 18, seats: 144, capped: false });
      await house.eventually("all leaves are ready", async () => (await room.progress()).ready === 18);
      expect(relayLevels(await room.plan())).toBe(2);
      const before = await room.roomRequests();
      const ears = await Promise.all(Array.from({ length: 20 }, () => room.listener()));
      const host = await room.host();
      host.say({ type: "on-air" });
      host.speak();
      await house.eventually("all hear", () => ears.every((ear) => ear.chunks.length > 5));
      for (const ear of ears) expect(ear.chunks[0]).toEqual({ epoch: 1, sequence: 1 });
      // The host's socket and the archive, which wakes with the first word; no leaf and no join.
      expect((await room.roomRequests()) - before).toBeLessThanOrEqual(2);
      host.leave();
    });

    it("stays awake though nobody comes, and what dies comes back", async () => {
      const room = await house.open(100, { leaves: 1, leafListeners: 8 });
      await room.expect(60);
      await house.eventually("all leaves are ready", async () => (await room.progress()).ready === 11);
      await room.killRelays();
      await house.eventually("none is forgotten", async () => (await room.progress()).ready === 11);
      await room.killRoom();
      await house.eventually("all leaves are ready for the room that woke", async () => (await room.progress()).ready === 11);
      expect(await room.progress()).toMatchObject({ expected: 60, leaves: 11 });
    });

    it("larger than the operator allows, is told so", async () => {
      const room = await house.open(100, { leaves: 1, leafListeners: 8, maxListeners: 40 });
      expect(await room.expect(10_000)).toMatchObject({ expected: 10_000, leaves: 5, seats: 40, capped: true });
    });
  });
}

/** A listener who comes back as the players do, until he is in. */
async function comeIn(house: House, room: OpenRoom): Promise<Ear> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const ear = await room.listener();
    // Welcome, or diverted: one of both comes at once.
    await house.eventually("he is answered", () => ear.texts.length > 0);
    if (ear.texts.some(({ type }) => type === "welcome")) return ear;
    await house.pass(500);
  }
  throw new Error("stayed outside");
}
