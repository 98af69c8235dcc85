import { describe, expect, it } from "vitest";
import { type Ear, type House, holesIn, type OpenRoom, type Speaker } from "./house.ts";

/** What any listener of any room can count on. */
export function listening(house: House): void {
  describe("a listener of a live room", () => {
    it("is greeted with one text and one second of sound, then hears every chunk in order", async () => {
      const { room, host } = await liveRoom(house);
      const first = await room.listener();
      await house.eventually("two seconds were heard", () => first.chunks.length >= 20);
      const ear = await room.listener();
      await house.eventually("a second more was heard", () => ear.chunks.length >= 20);
      expect(ear.order.slice(0, 2)).toBe("tb");
      expect(ear.texts[0]).toMatchObject({
        type: "welcome",
        states: expect.arrayContaining([expect.objectContaining({ type: "room", phase: "live" })]),
      });
      const [welcome] = ear.texts;
      const greeted = welcome?.type === "welcome" ? ear.chunks.findIndex(({ sequence }) => sequence === welcome.sequence) + 1 : 0;
      expect(greeted).toBeGreaterThanOrEqual(9);
      expect(holesIn(ear)).toBe(0);
      expect(ear.frames).toBeGreaterThan(50);
      host.leave();
    });

    it("costs the room's object nothing, however many come", async () => {
      const { room, host } = await liveRoom(house);
      const ears: Ear[] = [];
      for (let index = 0; index < 40; index++) ears.push(await room.listener());
      await house.eventually("all hear", () => ears.every((ear) => ear.chunks.length > 0));
      const before = await room.roomRequests();
      for (let index = 0; index < 200; index++) ears.push(await room.listener());
      await house.eventually("all hear", () => ears.every((ear) => ear.chunks.length > 5));
      expect(await room.roomRequests()).toBe(before);
      expect(ears.every((ear) => holesIn(ear) === 0)).toBe(true);
      host.leave();
    });

    it("who comes back with the last chunk he heard, hears all that he missed", async () => {
      const { room, host } = await liveRoom(house);
      const ear = await room.listener();
      await house.eventually("a second was heard", () => ear.chunks.length >= 10);
      ear.leave();
      const last = ear.chunks.at(-1);
      await house.pass(1_500);
      const back = await room.listener(last);
      await house.eventually("he hears on", () => back.chunks.length >= 20);
      expect(back.chunks[0]).toEqual({ epoch: last?.epoch, sequence: (last?.sequence ?? 0) + 1 });
      expect(back.texts.some((text) => text.type === "gap")).toBe(false);
      expect(holesIn(back)).toBe(0);
      host.leave();
    });

    it("is counted, and everybody is told", async () => {
      const { room, host } = await liveRoom(house);
      const ears = [await room.listener(), await room.listener(), await room.listener()];
      const told = (count: number) => () => host.heard.some((said) => said.type === "audience" && said.listeners === count);
      await house.eventually("the host reads 3", told(3));
      ears[0]?.leave();
      await house.eventually("the host reads 2", told(2));
      await house.eventually(
        "a listener reads 2",
        () => ears[1]?.texts.some((said) => said.type === "audience" && said.listeners === 2) ?? false,
      );
      host.leave();
    });
  });

  describe("a listener who comes early", () => {
    it("is greeted without sound, and hears the first word", async () => {
      const room = await house.open();
      const ear = await room.listener();
      await house.eventually("he is welcome", () => ear.texts.some((text) => text.type === "welcome"));
      expect(ear.chunks).toEqual([]);
      const host = await goLive(house, room);
      await house.eventually("he hears", () => ear.frames > 10);
      expect(ear.chunks[0]).toEqual({ epoch: 1, sequence: 1 });
      host.leave();
    });
  });

  describe("a room whose object dies", () => {
    it("goes on in a higher epoch, its listeners keep their sockets and are told of the break", async () => {
      const { room, host } = await liveRoom(house);
      const ear = await room.listener();
      await house.eventually("he hears", () => ear.chunks.length >= 10);
      await room.killRoom();
      await house.eventually("the host's line is cut", () => host.closed !== undefined);
      const again = await goLive(house, room);
      expect(again.heard[0]?.type).toBe("stage-welcome");
      await house.eventually("he hears the new epoch", () => ear.chunks.some((chunk) => chunk.epoch === 2));
      expect(ear.closed).toBeUndefined();
      expect(ear.texts).toContainEqual(
        expect.objectContaining({ type: "gap", reason: "epoch", to: { epoch: 2, sequence: expect.any(Number) } }),
      );
      const epochs = ear.chunks.map((chunk) => chunk.epoch);
      expect(epochs).toEqual([...epochs].sort());
      again.leave();
    });
  });

  describe("a room whose object dies while nobody is on air", () => {
    it("still reaches its listeners: they hear the next word, and the end", async () => {
      const { room, host } = await liveRoom(house);
      const ear = await room.listener();
      await house.eventually("he hears", () => ear.chunks.length >= 5);
      host.say({ type: "off-air" });
      host.hush();
      await house.eventually("the room is quiet", () => ear.texts.some((text) => text.type === "room" && text.phase === "quiet"));
      await room.killRoom();
      const last = ear.chunks.at(-1);
      const back = await room.listener(last);
      await house.eventually("who comes back is welcome", () => back.texts.some((text) => text.type === "welcome"));
      const again = await goLive(house, room);
      await house.eventually("both hear", () => [ear, back].every(({ chunks }) => chunks.some((chunk) => chunk.epoch === 2)));
      expect(back.texts).toContainEqual(expect.objectContaining({ type: "gap", reason: "epoch", from: last }));
      again.say({ type: "end" });
      await house.eventually("both are closed", () => ear.closed !== undefined && back.closed !== undefined);
      expect([ear.closed, back.closed]).toEqual([4500, 4500]);
    });
  });

  describe("relays that die", () => {
    it("are noticed by no listener: every chunk comes, once, in order", async () => {
      const { room, host } = await liveRoom(house);
      const ears = [await room.listener(), await room.listener(), await room.listener()];
      await house.eventually("they hear", () => ears.every((ear) => ear.chunks.length >= 10));
      await room.killRelays();
      const reached = ears.map((ear) => ear.chunks.length + 30);
      await house.eventually("they hear on", () => ears.every((ear, index) => ear.chunks.length >= (reached[index] ?? 0)));
      for (const ear of ears) {
        expect(holesIn(ear)).toBe(0);
        expect(ear.closed).toBeUndefined();
      }
      host.leave();
    });
  });

  describe("leaves that die", () => {
    it("cost their listeners the connection, but not a chunk: who comes back hears all that he missed", async () => {
      const { room, host } = await liveRoom(house);
      const ears = [await room.listener(), await room.listener(), await room.listener()];
      await house.eventually("they hear", () => ears.every((ear) => ear.chunks.length >= 10));
      await room.killLeaves();
      await house.eventually("they are cut off", () => ears.every((ear) => ear.closed !== undefined));
      await house.pass(1_000);
      const back = await Promise.all(ears.map((ear) => room.listener(ear.chunks.at(-1))));
      await house.eventually("they hear on", () => back.every((ear) => ear.chunks.length >= 15));
      for (const [index, ear] of back.entries()) {
        const last = ears[index]?.chunks.at(-1);
        expect(ear.chunks[0]).toEqual({ epoch: 1, sequence: (last?.sequence ?? 0) + 1 });
        expect(holesIn(ear)).toBe(0);
        expect(ear.texts.some((text) => text.type === "gap")).toBe(false);
      }
      host.leave();
    });
  });

  describe("a room that is over", () => {
    it("tells everybody, closes with stay away, and takes nobody any more", async () => {
      const { room, host } = await liveRoom(house);
      const ear = await room.listener();
      await house.eventually("he hears", () => ear.chunks.length > 0);
      host.say({ type: "end" });
      await house.eventually("both are closed", () => ear.closed !== undefined && host.closed !== undefined);
      expect([ear.closed, host.closed]).toEqual([4500, 4500]);
      expect(ear.texts).toContainEqual(expect.objectContaining({ type: "room", phase: "ended" }));
      await expect(room.host()).rejects.toThrow("410");
      // At the door, or, where the news has not come yet, right behind it.
      const late = await room.listener().catch((refused: unknown) => String(refused));
      if (typeof late === "string") expect(late).toContain("410");
      else await house.eventually("the late one is turned away", () => late.closed === 4500);
    });
  });

  describe("two windows of one host", () => {
    it("are one voice: the newer is heard, the older is told why it is off", async () => {
      const { room, host } = await liveRoom(house);
      const ear = await room.listener();
      await house.eventually("he hears", () => ear.frames > 0);
      const newer = await goLive(house, room);
      expect(newer.heard[0]?.type).toBe("stage-welcome");
      await house.eventually("the older is closed", () => host.closed !== undefined);
      expect(host.closed).toBe(4501);
      const before = ear.frames;
      await house.eventually("the newer is heard", () => ear.frames > before + 20);
      newer.leave();
    });
  });
}

async function liveRoom(house: House): Promise<{ room: OpenRoom; host: Speaker }> {
  const room = await house.open();
  return { room, host: await goLive(house, room) };
}

async function goLive(house: House, room: OpenRoom): Promise<Speaker> {
  const host = await room.host();
  await house.eventually("the host is welcome", () => host.heard.some((said) => said.type === "stage-welcome"));
  host.say({ type: "on-air" });
  host.speak();
  return host;
}
