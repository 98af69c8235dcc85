import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENING_KEEP_MS, type EveningFigures, EveningLog, type EveningRow, outdatedBy } from "../../src/core/evening.ts";
import { EVENING_COLUMNS, formatEvening, parseEvening } from "../../src/core/evening-report.ts";

const EIGHT = Date.parse("2026-11-23T20:00:00Z");

function figures(change: Partial<EveningFigures> = {}): EveningFigures {
  const nought = { listeners: 0, hearing: 0, peak: 0, unique: 0, joins: 0, leaves: 8, slow: 0, stride: 1, lateMs: 0, requests: 0 };
  return { ...nought, full: false, ...change };
}

/** The rows of an evening whose every second is told by `of`. */
function rowsOf(log: EveningLog, seconds: number, of: (second: number) => Partial<EveningFigures>, from = EIGHT): EveningRow[] {
  const rows = Array.from({ length: seconds }, (_, second) => log.second(from + second * 1_000, figures(of(second))));
  return [...rows, log.close()].filter((row) => row !== undefined);
}

describe("an evening's log", () => {
  it("has a row for each ten seconds, as it stood at their end", () => {
    const rows = rowsOf(new EveningLog(undefined), 25, (second) => ({ listeners: second, joins: 2 * second }));
    expect(rows.map(({ at, listeners, joins }) => [at - EIGHT, listeners, joins])).toEqual([
      [0, 9, 18],
      [10_000, 19, 38],
      [20_000, 24, 48],
    ]);
  });

  it("tells the median and the most of how late sound was", () => {
    const [row] = rowsOf(new EveningLog(undefined), 10, (second) => ({ lateMs: second === 4 ? 900 : 10 + second }));
    expect([row?.delayP50Ms, row?.delayMaxMs]).toEqual([15, 900]);
  });

  it("counts on through the death of the room's object", () => {
    const [before] = rowsOf(new EveningLog(undefined), 10, () => ({ joins: 50, requests: 7, peak: 40 }));
    const [after] = rowsOf(new EveningLog(before), 10, () => ({ joins: 3, requests: 2, peak: 12 }), EIGHT + 20_000);
    expect([after?.joins, after?.requests, after?.peak]).toEqual([53, 9, 40]);
  });

  it("keeps a day whole and a month by the minute, and no more", () => {
    const kept = new Set<number>();
    const month = EVENING_KEEP_MS / 10_000;
    for (let row = 0; row < month + 20_000; row++) {
      kept.add(row * 10_000);
      for (const at of outdatedBy(row * 10_000)) kept.delete(at);
    }
    expect(kept.size).toBe(8_640 + (month - 8_640) / 6);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(20_000 * 10_000);
  });
});

describe("the report of an evening", () => {
  it("is CSV as RFC 4180 has it, with what came since the row before", () => {
    const rows = rowsOf(new EveningLog(undefined), 20, (second) => ({ listeners: 5, joins: second, full: second > 10, requests: 4 }));
    expect(formatEvening(rows)).toBe(
      "time,listeners,hearing,peak,unique,joins,diverting,leaves,slow,stride,delay_p50_ms,delay_max_ms,room_requests\r\n" +
        "2026-11-23T20:00:00.000Z,5,0,0,0,9,0,8,0,1,0,0,4\r\n" +
        "2026-11-23T20:00:10.000Z,5,0,0,0,10,1,8,0,1,0,0,0\r\n",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60, size: "max" }), (listeners) => {
        const rows = rowsOf(new EveningLog(undefined), listeners.length, (second) => ({ listeners: listeners[second] ?? 0 }));
        const read = parseEvening(formatEvening(rows));
        expect(read?.times).toEqual(rows.map(({ at }) => at));
        expect(read?.columns.get("listeners")).toEqual(rows.map((row) => row.listeners));
        expect([...(read?.columns.keys() ?? [])]).toEqual(EVENING_COLUMNS);
      }),
    );
  });

  it.each(["", "<html>", "time,listeners\r\n", "listeners,time\r\n1,2\r\n"])("is not taken for one where it is none: %j", (text) => {
    expect(parseEvening(text)?.times.length ?? 0).toBe(0);
  });
});
