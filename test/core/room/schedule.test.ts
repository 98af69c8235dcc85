import { describe, expect, it } from "vitest";
import { doorsOf, parseSchedule } from "../../../src/core/room/schedule.ts";
import { stageSaysOf } from "../../../src/core/wire/stage-says.ts";
import { zones } from "../../../src/objects/room/zones.ts";

const said = {
  opensAt: "2026-12-24T20:00",
  timeZone: "Europe/Berlin",
  minutes: 90,
  about: " Carols  and tea ",
  speakers: ["Ana", "Bo"],
  expect: 500,
};
const meant = {
  opensAt: Date.parse("2026-12-24T19:00Z"),
  timeZone: "Europe/Berlin",
  minutes: 90,
  about: "Carols and tea",
  speakers: ["Ana", "Bo"],
  expect: 500,
};

describe("a schedule that somebody writes", () => {
  it("is read, with what may be left out or in", () => {
    expect(parseSchedule(said, zones)).toEqual(meant);
    expect(parseSchedule({ opensAt: "2026-12-24T20:00Z", timeZone: "UTC" }, zones)).toEqual({
      opensAt: Date.parse("2026-12-24T20:00Z"),
      timeZone: "UTC",
      speakers: [],
    });
  });

  it.each([
    ["schedule-invalid", "tomorrow"],
    ["schedule-invalid", { ...said, opensAt: 1_800_000_000_000 }],
    ["schedule-invalid", { ...said, opensAt: "2026-12-24" }],
    ["time-zone-unknown", { opensAt: said.opensAt }],
    ["time-zone-unknown", { ...said, timeZone: "Mars/Phobos" }],
    ["time-zone-unknown", { ...said, timeZone: "+01:00" }],
    ["time-zone-unknown", { ...said, timeZone: "../../etc" }],
    ["time-missing", { ...said, opensAt: "2027-03-28T02:30" }],
    ["time-twice", { ...said, opensAt: "2026-10-25T02:30" }],
    ["schedule-invalid", { ...said, minutes: 0 }],
    ["schedule-invalid", { ...said, minutes: 1.5 }],
    ["schedule-invalid", { ...said, expect: -1 }],
    ["schedule-invalid", { ...said, expect: 1e12 }],
    ["schedule-invalid", { ...said, about: "x".repeat(501) }],
    ["schedule-invalid", { ...said, about: "two\nlines" }],
    ["schedule-invalid", { ...said, speakers: "Ana" }],
    ["schedule-invalid", { ...said, speakers: [7] }],
    ["schedule-invalid", { ...said, speakers: [""] }],
    ["schedule-invalid", { ...said, speakers: Array.from({ length: 13 }, () => "Ana") }],
  ])("is refused as %s: %o", (code, wrong) => {
    const found = parseSchedule(wrong, zones);
    expect(found).toMatchObject({ code });
    expect("says" in found && found.says.length).toBeGreaterThan(20);
  });

  it("with a time that comes twice is told both ways to write it", () => {
    expect(parseSchedule({ ...said, opensAt: "2026-10-25T02:30" }, zones)).toMatchObject({
      says: expect.stringContaining("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"),
    });
  });

  it("is a verb, and called off by one that says so, never by one that says nothing", () => {
    expect(stageSaysOf({ type: "schedule", ...said }, zones)).toEqual({ type: "schedule", schedule: meant });
    expect(stageSaysOf({ type: "schedule", cancel: true }, zones)).toEqual({ type: "schedule" });
    expect(stageSaysOf({ type: "schedule" }, zones)).toBeUndefined();
    expect(stageSaysOf({ type: "open-doors" }, zones)).toEqual({ type: "open-doors" });
  });
});

describe("doors that were kept", () => {
  it("are read as they were, and not at all where they are none", () => {
    const doors = { ...meant, changedAt: 7, openedAt: 9 };
    expect(doorsOf(JSON.parse(JSON.stringify(doors)))).toEqual(doors);
    for (const wrong of [undefined, null, 1, {}, { ...doors, opensAt: "soon" }, { ...doors, speakers: 1 }, { ...doors, timeZone: "" }]) {
      expect(doorsOf(wrong)).toBeUndefined();
    }
  });
});
