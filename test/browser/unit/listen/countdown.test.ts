import { describe, expect, it } from "vitest";
import { namesIn } from "../../../../src/browser/evening/schedule-form.ts";
import { sayLeft, toldMinutes } from "../../../../src/browser/listen/countdown.ts";
import { whenIn } from "../../../../src/core/say/when.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("a countdown", () => {
  it.each([
    [12 * DAY + 3_723_000, "12 days 01:02:03"],
    [DAY, "1 day 00:00:00"],
    [DAY - 1_000, "23:59:59"],
    [3_600_000, "1:00:00"],
    [59_001, "01:00"],
    [59_000, "00:59"],
    [1, "00:01"],
    [0, "Any moment now …"],
    [-5_000, "Any moment now …"],
  ])("with %i ms left shows %s", (left, shown) => {
    expect(sayLeft(left)).toBe(shown);
  });

  it("is told aloud five times in two hours, and not every second", () => {
    const told: number[] = [];
    for (let left = 120 * MINUTE; left > -MINUTE; left -= 1_000) {
      const minutes = toldMinutes(left + 1_000, left);
      if (minutes !== undefined) told.push(minutes);
    }
    expect(told).toEqual([60, 30, 10, 5, 1]);
  });

  it("that a sleeping page has missed is told where it stands, once", () => {
    expect(toldMinutes(90 * MINUTE, 4 * MINUTE)).toBe(5);
    expect(toldMinutes(90 * MINUTE, -1)).toBeUndefined();
  });
});

it("A time is told in the zone that is asked for, and in UTC where nobody knows that zone", () => {
  const at = Date.parse("2026-12-24T19:00Z");
  expect(whenIn("en", at, "Europe/Berlin")).toMatch(/Thu, Dec 24, 2026.*8:00\sPM.*GMT\+1/u);
  expect(whenIn("fr", at, "America/New_York")).toMatch(/jeu\. 24 déc\. 2026.*14:00.*UTC−5/u);
  expect(whenIn("en", at, "Mars/Phobos")).toMatch(/7:00\sPM.*UTC/u);
});

it("Names are what stands between commas", () => {
  expect(namesIn(" Ada Aurelia , ,Bo,")).toEqual(["Ada Aurelia", "Bo"]);
});
