import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EveningRow } from "../../../../src/core/evening.ts";
import { NOTHING } from "../../../../src/core/tree/up/tally.ts";
import { Alarms } from "../../../../src/objects/alarms.ts";
import { EveningKeeper } from "../../../../src/objects/room/root/evening.ts";
import { call, env } from "../../../contract/workerd-house.ts";
import { roomId } from "../../../support/build.ts";

afterEach(() => void vi.useRealTimers());

const EIGHT = Date.parse("2026-11-23T20:00:00Z");

function row(at: number, listeners: number): EveningRow {
  const rest = { hearing: 0, peak: 9, unique: 0, joins: listeners, leaves: 8, slow: 0, stride: 1, requests: 3 };
  return { at, listeners, ...rest, full: false, delayP50Ms: 10, delayMaxMs: 20 };
}

describe("what is kept of an evening", () => {
  it("is a row each ten seconds while the room is live, and goes on where an earlier life of the object stood", async () => {
    const stub = env.ROOM.get(env.ROOM.idFromName("never-made-for-evenings")) as DurableObjectStub;
    await runInDurableObject(stub, async (_, { storage }) => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"], now: EIGHT });
      storage.kv.put(`evening-00${EIGHT - 60_000}`, row(EIGHT - 60_000, 100));
      const room = { isLive: true };
      const root = {
        totals: () => ({
          ...NOTHING,
          stride: 2,
          lateMs: 40,
          regions: { weur: { listeners: 7, hearing: 5, joins: 11, from: 0, fullBelow: 0 } },
        }),
        figures: () => ({ listeners: 7, hearing: 5, peak: 8, unique: 6, parts: [] }),
        leaves: 16,
        isFull: false,
        get isLive() {
          return room.isLive;
        },
      };
      const keeper = new EveningKeeper(storage, new Alarms(storage), { root, isWanted: () => room.isLive, requests: () => 2 });
      keeper.watch();
      vi.advanceTimersByTime(25_000);
      room.isLive = false;
      vi.advanceTimersByTime(60_000);
      vi.useRealTimers();
      const rows = await keeper.rows();
      expect(rows.map(({ at, listeners, joins, requests, peak }) => [at - EIGHT, listeners, joins, requests, peak])).toEqual([
        [-60_000, 100, 100, 3, 9],
        [0, 7, 111, 5, 9],
        [10_000, 7, 111, 5, 9],
        [20_000, 7, 111, 5, 9],
      ]);
      await keeper.erase();
      expect(await keeper.rows()).toEqual([]);
      await storage.deleteAll();
    });
  });

  it("is read by who runs the room, also once it is over, and goes a month after", async () => {
    const room = `evening-${Date.now().toString(36)}`;
    const { hostTicket } = await (await call("POST", "/api/rooms", { title: "Evening", room })).json<{ hostTicket: string }>();
    const stub = env.ROOM.get(env.ROOM.idFromName(roomId(room))) as DurableObjectStub;
    await runInDurableObject(stub, async (_, { storage }) => {
      storage.kv.put(`evening-00${EIGHT}`, row(EIGHT, 5));
      await storage.sync();
    });
    const bearer = (ticket: string) => ({ Authorization: `Bearer ${ticket}` });
    const path = `/api/rooms/${room}/evening.csv`;
    expect((await call("GET", path)).status).toBe(401);
    const { ticket } = await (await call("POST", `/api/rooms/${room}/invite-listener`, { name: "Ana" }, bearer(hostTicket))).json<{
      ticket: string;
    }>();
    expect((await call("GET", path, undefined, bearer(ticket))).status).toBe(403);
    await call("POST", `/api/rooms/${room}/end`, undefined, bearer(hostTicket));
    const said = await call("GET", path, undefined, bearer(hostTicket));
    expect([said.status, said.headers.get("content-type"), said.headers.get("cache-control")]).toEqual([
      200,
      "text/csv; charset=utf-8; header=present",
      "no-store",
    ]);
    expect((await said.text()).split("\r\n")[1]).toBe("2026-11-23T20:00:00.000Z,5,0,9,0,5,0,8,0,1,10,20,3");
    await runInDurableObject(stub, async (_, { storage }) => {
      const due = storage.kv.get<{ evening: number }>("due");
      expect(due?.evening).toBeGreaterThan(Date.now() + 29 * 24 * 3_600_000);
      storage.kv.put("due", { ...due, evening: Date.now() - 1 });
      await storage.sync();
    });
    await runDurableObjectAlarm(stub);
    const left = await call("GET", path, undefined, bearer(hostTicket));
    expect((await left.text()).split("\r\n").length).toBe(2);
  });
});
