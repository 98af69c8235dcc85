import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import { call, workerdHouse } from "../../contract/workerd-house.ts";

let made = 0;
const SCHEDULE = { opensAt: "2027-09-30T02:30:00+01:00", timeZone: "Europe/Berlin", minutes: 90, speakers: ["Ada; the first", "Bo, too"] };

async function eventOf(
  room: object,
): Promise<{ text: string; name: string; ask: (verb: string, body: object) => Promise<Response>; read: () => Promise<string> }> {
  const name = `ics-${Date.now().toString(36)}-${++made}`;
  const answer = await call("POST", "/api/rooms", { title: "Friday", room: name, ...room });
  const { hostTicket } = await answer.json<{ hostTicket: string }>();
  const read = async () => (await call("GET", `/rooms/${name}/event.ics`)).text();
  const ask = (verb: string, body: object) => call("POST", `/api/rooms/${name}/${verb}`, body, { Authorization: `Bearer ${hostTicket}` });
  return { text: await read(), name, ask, read };
}

/** The one event of a calendar, as another library reads it. */
function parsed(text: string): ICAL.Event {
  const calendar = new ICAL.Component(ICAL.parse(text));
  expect(calendar.getFirstPropertyValue("version")).toBe("2.0");
  expect(calendar.getFirstPropertyValue("prodid")).toBeTruthy();
  const events = calendar.getAllSubcomponents("vevent");
  expect(events).toHaveLength(1);
  return new ICAL.Event(events[0]);
}

describe("the event of a scheduled room, for calendars", () => {
  it("is read back by another library as it was announced, however long and odd its words are", async () => {
    const title = `Wälder; Flüsse, \\ & “Bäume” ${"🌲".repeat(60)}`;
    const about = `${"Über die Äste hinaus; und zurück, ".repeat(14)}Ende`;
    const { text, name } = await eventOf({ title, schedule: { ...SCHEDULE, about } });
    const event = parsed(text);
    expect(event.summary).toBe(title);
    expect(event.startDate.toJSDate().toISOString()).toBe("2027-09-30T01:30:00.000Z");
    expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
    expect(event.duration.toSeconds()).toBe(90 * 60);
    expect(event.uid).toBe(`${name}@canopy.test`);
    expect(event.component.getFirstPropertyValue("url")).toBe(`http://canopy.test/rooms/${name}`);
    expect(event.component.getFirstPropertyValue("dtstamp")).toBeTruthy();
    expect(event.description).toBe(`${about}\n\nAda; the first, Bo, too\n\nhttp://canopy.test/rooms/${name}`);
  });

  it("is laid out as RFC 5545 wants it: lines of at most 75 bytes that end in CR LF", async () => {
    const { text } = await eventOf({ title: "🌲".repeat(100), schedule: SCHEDULE });
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    for (const line of text.split("\r\n")) expect(new TextEncoder().encode(line).length, line).toBeLessThanOrEqual(75);
  });

  it("is the same event at another time once the room was put off, with a higher revision, and none where nothing is scheduled", async () => {
    const { text, name, ask, read } = await eventOf({ schedule: SCHEDULE });
    const before = parsed(text);
    await workerdHouse.pass(1_100);
    expect((await ask("schedule", { ...SCHEDULE, opensAt: new Date(Date.now() + 86_400_000).toISOString() })).status).toBe(204);
    await workerdHouse.eventually("the public is told", async () => (await read()) !== text);
    const after = parsed(await read());
    expect(after.uid).toBe(before.uid);
    expect(Number(after.sequence)).toBeGreaterThan(Number(before.sequence));
    expect((await ask("schedule", { cancel: true })).status).toBe(204);
    await workerdHouse.eventually("the public is told", async () => !(await read()).startsWith("BEGIN"));
    const none = await call("GET", `/rooms/${name}/event.ics`);
    expect([none.status, (await none.json<{ code: string }>()).code]).toEqual([404, "not-scheduled"]);
  });

  it("names nobody of a private room", async () => {
    const { ask, read } = await eventOf({ schedule: { ...SCHEDULE, about: "Secret things" } });
    await ask("lock-room", { locked: true });
    await workerdHouse.eventually("the public is told", async () => !(await read()).includes("Secret"));
    const text = await read();
    expect(text).toContain("DTSTART:20270930T013000Z");
    expect(text).not.toMatch(/Ada|Secret/);
  });
});
