import { runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Letter } from "../../../../src/core/room/outbox.ts";
import { Alarms } from "../../../../src/objects/alarms.ts";
import { type Addressee, type Door, Outbox } from "../../../../src/objects/room/told/outbox.ts";
import { env, workerdHouse } from "../../../contract/workerd-house.ts";

const { eventually } = workerdHouse;
const KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OPERATOR = "https://operator.example/hook";
const MAKER = "https://maker.example/hook";

afterEach(() => vi.unstubAllGlobals());

type Got = { url: string; type: string; id: string; headers: Record<string, string>; body: string };

/** Whoever is called answers so; what he is told is written down. */
function hooks(answer: (got: Got, before: readonly Got[]) => number | Promise<number>): Got[] {
  const all: Got[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    const body = await request.text();
    const { type, id } = JSON.parse(body);
    const got = { url, type, id, headers: Object.fromEntries(request.headers), body };
    const before = [...all];
    all.push(got);
    return new Response(null, { status: await answer(got, before) });
  });
  return all;
}

let made = 0;
/** An outbox of its own, in an object of its own; `inside` may begin further lives of it on the same storage. */
async function inAnObject(inside: (life: () => Outbox, letters: () => [string, Letter][], state: DurableObjectState) => Promise<void>) {
  const stub = env.ROOM.get(env.ROOM.idFromName(`outbox-${Date.now()}-${++made}`)) as DurableObjectStub;
  await runInDurableObject(stub, async (_, state) => {
    const doors: Record<Addressee, Door> = { operator: { url: OPERATOR, key: KEY }, maker: { url: MAKER } };
    const desk = { sender: () => ({ room: "friday", title: "Friday" }), doorOf: (to: Addressee) => doors[to], outlive: () => {} };
    const life = () => new Outbox(state, new Alarms(state.storage), desk);
    await inside(life, () => [...state.storage.kv.list<Letter>({ prefix: "letter-" })], state);
    await state.storage.deleteAll();
  });
}

/** Time goes by until every letter is due. */
function allDue(state: DurableObjectState): void {
  for (const [key, letter] of state.storage.kv.list<Letter>({ prefix: "letter-" })) state.storage.kv.put(key, { ...letter, dueAt: 0 });
}

describe("A room's letters", () => {
  it("reach each webhook in order, signed as Standard Webhooks says, and are kept no longer", async () => {
    const got = hooks(() => 204);
    await inAnObject(async (life, letters) => {
      const outbox = life();
      outbox.note("opened");
      outbox.note("live");
      outbox.note("moved", { to: "friday-two" });
      await eventually("all are told", () => got.length === 6 && letters().length === 0);
    });
    const told = got.filter(({ url }) => url === OPERATOR);
    expect(told.map(({ type }) => type)).toEqual(["opened", "live", "moved"]);
    const [, , last] = told;
    expect(last?.headers["webhook-id"]).toBe(last?.id);
    expect(new Webhook(KEY).verify(last?.body ?? "", last?.headers ?? {})).toMatchObject({
      type: "moved",
      data: { room: "friday", title: "Friday", to: "friday-two" },
    });
    expect(() => new Webhook("whsec_YW5vdGhlciBrZXk=").verify(last?.body ?? "", last?.headers ?? {})).toThrow();
    expect(got.filter(({ url }) => url === MAKER).every(({ headers }) => headers["webhook-signature"] === undefined)).toBe(true);
  });

  it("wait, with the same id and in their order, for a webhook that does not take them; another's do not", async () => {
    let isBroken = true;
    const got = hooks(({ url }) => (url === OPERATOR && isBroken ? 500 : 200));
    await inAnObject(async (life, letters, state) => {
      const outbox = life();
      outbox.note("opened");
      outbox.note("live");
      await eventually("the maker has both", () => got.filter(({ url }) => url === MAKER).length === 2 && letters().length === 2);
      expect(letters().map(([, { attempts }]) => attempts)).toEqual([1, 0]);
      isBroken = false;
      allDue(state);
      await outbox.ring();
      await eventually("the operator too", () => letters().length === 0);
    });
    const told = got.filter(({ url }) => url === OPERATOR);
    expect(told.map(({ type }) => type)).toEqual(["opened", "opened", "live"]);
    expect(told[0]?.id).toBe(told[1]?.id);
  });

  it("outlive the object that noted them", async () => {
    const got = hooks((_, before) => (before.length < 2 ? 503 : 200));
    await inAnObject(async (life, letters, state) => {
      life().note("ended");
      await eventually("both were tried", () => letters().every(([, { attempts }]) => attempts === 1));
      allDue(state);
      const later = life();
      await later.ring();
      await eventually("both are told", () => letters().length === 0);
    });
    expect(new Set(got.map(({ id }) => id)).size).toBe(2);
  });

  it("are given up after a day, and at once by a webhook that is gone; what comes after them is told", async () => {
    const got = hooks(({ type, url }) => (type !== "opened" ? 200 : url === MAKER ? 410 : 500));
    await inAnObject(async (life, letters, state) => {
      const outbox = life();
      outbox.note("opened");
      await eventually("it was tried", () => letters().length === 1 && letters()[0]?.[1].attempts === 1);
      for (const [key, letter] of letters()) state.storage.kv.put(key, { ...letter, notedAt: Date.now() - 24 * 3_600_000, dueAt: 0 });
      outbox.note("live");
      await eventually("nothing waits", () => letters().length === 0);
    });
    expect(got.filter(({ url }) => url === OPERATOR).map(({ type }) => type)).toEqual(["opened", "opened", "live"]);
    expect(got.filter(({ url }) => url === MAKER).map(({ type }) => type)).toEqual(["opened", "live"]);
  });

  it("are no more than a hundred for one webhook, and are not sent where one is sent on to", async () => {
    const got = hooks(() => 302);
    await inAnObject(async (life, letters) => {
      const outbox = life();
      for (let times = 0; times < 130; times++) outbox.noteFor("operator", "live");
      await eventually("the first was tried", () => letters()[0]?.[1].attempts === 1);
      expect(letters()).toHaveLength(100);
    });
    expect(got).toHaveLength(1);
  });
});
