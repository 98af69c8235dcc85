import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stageSaysOf } from "../../../src/core/wire/stage-says.ts";
import { BackstageView } from "../../../src/edge/stage/backstage.ts";
import { VERB_ROUTES, VERBS } from "../../../src/edge/stage/verb-says.ts";
import { zones } from "../../../src/objects/room/zones.ts";
import { call } from "../../contract/workerd-house.ts";

/** Values of every kind, and often those that some field takes. */
const value = fc.oneof(
  fc.constantFrom(true, false, 1, 2, 3, "speaker-12345678", "short", "q-1", "", "Ada", "\u202eadA", "x".repeat(65), "x".repeat(200), null),
  fc.jsonValue({ maxDepth: 1 }),
);

describe("What the description says of a verb's body", () => {
  it.each(Object.entries(VERBS))("is what the wire's door takes: %s", (verb, { fields }) => {
    const names = [...new Set([...Object.keys(fields.shape), "more"])];
    const body = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(body, (said) => {
        expect(fields.safeParse(said).success, JSON.stringify(said)).toBe(stageSaysOf({ ...said, type: verb }, zones) !== undefined);
      }),
      { numRuns: 400 },
    );
  });

  it.each(VERB_ROUTES)("has an example that may be sent: $verb", ({ verb, says }) => {
    expect(stageSaysOf({ ...says.body?.example, type: verb }, zones)).toMatchObject({ type: verb });
  });
});

describe("One session", () => {
  it("may ask for much within a second, and not for everything", async () => {
    const room = `asks-${Date.now().toString(36)}`;
    const { hostTicket } = await (await call("POST", "/api/rooms", { title: "Asks", room })).json<{ hostTicket: string }>();
    const bearer = { Authorization: `Bearer ${hostTicket}` };
    const asks = Array.from({ length: 80 }, () => call("POST", `/api/rooms/${room}/lock-stage`, { locked: true }, bearer));
    const answers = await Promise.all(asks);
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThanOrEqual(30);
    const late = answers.find(({ status }) => status === 429);
    expect(late?.headers.get("retry-after")).toBe("1");
    expect(await late?.json()).toMatchObject({ code: "too-many-verbs" });
  });

  it("looks behind the stage if it runs the room, and else is told why not", async () => {
    const room = `behind-${Date.now().toString(36)}`;
    const { hostTicket } = await (await call("POST", "/api/rooms", { title: "Behind", room })).json<{ hostTicket: string }>();
    const bearer = { Authorization: `Bearer ${hostTicket}` };
    const seen = await (await call("GET", `/api/rooms/${room}/backstage`, undefined, bearer)).json();
    expect(BackstageView.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({ room, title: "Behind", phase: "quiet", hands: [], questions: [], bans: [], speakers: [] });
    const schedule = { opensAt: new Date(Date.now() + 3_600_000).toISOString(), timeZone: "Asia/Tokyo", about: "Birds", expect: 5_000 };
    expect((await call("POST", `/api/rooms/${room}/schedule`, schedule, bearer)).status).toBe(204);
    const announced = await (await call("GET", `/api/rooms/${room}/backstage`, undefined, bearer)).json();
    expect(BackstageView.parse(announced)).toEqual(announced);
    expect(announced).toMatchObject({ schedule: { ...schedule, opensAt: Date.parse(schedule.opensAt), speakers: [] } });
    const listener = await (await call("POST", `/api/rooms/${room}/invite-listener`, { name: "Ada" }, bearer)).json<{ ticket: string }>();
    const refused = await call("GET", `/api/rooms/${room}/backstage`, undefined, { Authorization: `Bearer ${listener.ticket}` });
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([403, "ticket-role-wrong"]);
    expect((await call("GET", `/api/rooms/${room}/backstage`)).status).toBe(401);
  });
});
