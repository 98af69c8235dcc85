import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf } from "../../src/core/zones.ts";
import { zones } from "../../src/objects/room/zones.ts";

const berlin = "Europe/Berlin";

describe("a time that somebody writes", () => {
  it.each([
    ["2026-12-24T20:00:00+01:00", "2026-12-24T19:00:00.000Z"],
    ["2026-12-24T20:00Z", "2026-12-24T20:00:00.000Z"],
    ["2026-12-24T20:00", "2026-12-24T19:00:00.000Z"],
    ["2026-07-24T20:00:30", "2026-07-24T18:00:30.000Z"],
    ["2026-07-24T20:00:30.25", "2026-07-24T18:00:30.250Z"],
    ["2028-02-29T00:00", "2028-02-28T23:00:00.000Z"],
  ])("%s in Berlin is %s", (text, meant) => {
    expect(instantOf(text, berlin, zones)).toEqual({ at: Date.parse(meant) });
  });

  it.each([
    "",
    "tomorrow",
    "2026-02-29T20:00",
    "2026-13-01T20:00",
    "2026-12-24",
    "2026-12-24T24:00",
    "2026-12-24T20:60",
    "2026-12-24T20:00+99:00",
    "2026-12-24 20:00",
    "0001-01-01T00:00Z",
  ])("%j is none", (text) => {
    expect(instantOf(text, berlin, zones)).toBeUndefined();
  });

  it("in a zone that nobody knows is none", () => {
    expect(instantOf("2026-12-24T20:00", "Mars/Phobos", zones)).toBeUndefined();
  });
});

describe("where the clocks are changed", () => {
  it.each([
    ["2027-03-28T02:30", berlin],
    ["2027-03-14T02:00", "America/New_York"],
    ["2026-10-04T02:15", "Australia/Lord_Howe"],
    ["2011-12-30T12:00", "Pacific/Apia"],
  ])("%s does not exist in %s", (text, zone) => {
    expect(instantOf(text, zone, zones)).toEqual({ missing: true });
  });

  it.each([
    ["2026-10-25T02:30", berlin, ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]],
    ["2026-11-01T01:59", "America/New_York", ["2026-11-01T01:59:00-04:00", "2026-11-01T01:59:00-05:00"]],
    ["2027-04-04T01:45", "Australia/Lord_Howe", ["2027-04-04T01:45:00+11:00", "2027-04-04T01:45:00+10:30"]],
  ])("%s comes twice in %s, and is told with both offsets", (text, zone, twice) => {
    expect(instantOf(text, zone, zones)).toEqual({ twice });
    const both = twice.map((one) => instantOf(one, zone, zones));
    expect(both[0]).not.toEqual(both[1]);
  });

  it("every wall time that a clock shows leads back to the instant at which it shows it, and no other does", () => {
    const places = [
      "Europe/Berlin",
      "Europe/London",
      "America/New_York",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "Africa/Casablanca",
      "Pacific/Apia",
      "America/Sao_Paulo",
      "Antarctica/Troll",
    ];
    // Around the weekends on which most zones change, and anywhere else.
    const changes = ["2026-10-25", "2026-11-01", "2027-03-14", "2027-03-28", "2027-04-04"].map((day) => Date.parse(`${day}T00:00Z`));
    const near = fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 60, max: 36 * 60 }))
      .map(([day, minutes]) => day + minutes * 60_000);
    const any = fc
      .integer({ min: Date.parse("2011-01-01T00:00Z") / 60_000, max: Date.parse("2035-01-01T00:00Z") / 60_000 })
      .map((minutes) => minutes * 60_000);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.oneof(near, any), (zone, at) => {
        const offset = zones.offsetMsAt(zone, at) ?? Number.NaN;
        const wall = new Date(at + offset).toISOString().slice(0, 19);
        const meant = instantOf(wall, zone, zones);
        if (meant !== undefined && "twice" in meant) {
          const instants = meant.twice.map((one) => Date.parse(one));
          expect(instants).toContain(at);
          for (const one of instants) expect(new Date(one + (zones.offsetMsAt(zone, one) ?? 0)).toISOString().slice(0, 19)).toBe(wall);
        } else {
          expect(meant).toEqual({ at });
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
