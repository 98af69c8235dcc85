import fc from "fast-check";
import { expect, it } from "vitest";
import { clockOf, formatMoment, parseMoment } from "../../src/core/moment.ts";

it.each([
  ["1h2m3s", 3_723_000],
  ["3723", 3_723_000],
  ["90s", 90_000],
  ["90m", 5_400_000],
  ["1H", 3_600_000],
  [" 2m ", 120_000],
  ["0", 0],
])("an address says %s", (text, ms) => expect(parseMoment(text)).toBe(ms));

it.each(["", "h", "-1", "1.5", "1m2h", "1:02", "1s2s", "99999999", "9999h", "NaN", "1e9"])(
  "an address that says “%s” names no moment",
  (text) => expect(parseMoment(text)).toBeUndefined(),
);

it("a moment that was written is read again, to the second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600_000_000 }), (ms) => {
      expect(parseMoment(formatMoment(ms))).toBe(Math.floor(ms / 1_000) * 1_000);
    }),
  );
});

it("a clock shows hours only where there are any", () => {
  expect([0, 7_900, 723_000, 3_723_000, -5].map(clockOf)).toEqual(["0:00", "0:07", "12:03", "1:02:03", "0:00"]);
});
