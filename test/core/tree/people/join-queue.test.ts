import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { JoinQueue, LONGEST_WAIT_MS } from "../../../../src/core/tree/people/join-queue.ts";

/** A storm on one thread: so many come a second, each join takes the thread for so long, in ms, and who sleeps wakes late by what is before him. */
function storm(
  joins: number,
  perSecond: number,
  joinMs: number,
): { readonly waits: number[]; readonly order: number[]; readonly turned: number; readonly latest: number } {
  const queue = new JoinQueue();
  const waits: number[] = [];
  const order: number[] = [];
  const agenda: { at: number; due: number; number: number; came: number }[] = [];
  let busyUntil = 0;
  let turned = 0;
  let latest = 0;
  let came = 0;
  const ask = (number: number, cameAt: number, now: number): void => {
    const waitMs = queue.waitMs(number, localTime(now));
    if (waitMs > 0) return void agenda.push({ at: now + waitMs, due: now + waitMs, number, came: cameAt });
    busyUntil = Math.max(busyUntil, now) + joinMs;
    waits.push(now - cameAt);
    order.push(number);
  };
  for (let now = 0; came < joins || agenda.length > 0; now++) {
    // A thread that is busy looks at nothing, and then at all of it.
    if (now < busyUntil) continue;
    for (; came < joins && (came * 1_000) / perSecond <= now; came++) {
      const number = queue.draw(localTime(now));
      if (number === undefined) turned++;
      else ask(number, now, now);
    }
    const awake = agenda.filter((one) => one.at <= now);
    for (const one of awake) agenda.splice(agenda.indexOf(one), 1);
    for (const one of awake) {
      latest = Math.max(latest, now - one.due);
      queue.woke(now - one.due, localTime(now));
      ask(one.number, one.came, now);
    }
  }
  return { waits, order, turned, latest };
}

describe("the line in which joins wait at the edge", () => {
  it("lets ordinary arrivals pass without a wait", () => {
    expect(Math.max(...storm(2_000, 500, 0.3).waits)).toBe(0);
  });

  it("keeps a storm from holding up the thread, turns nobody away, and calls nearly in the order of coming", () => {
    const { waits, order, turned, latest } = storm(8_000, 4_000, 0.5);
    expect(turned).toBe(0);
    expect(waits).toHaveLength(8_000);
    expect(Math.max(...waits)).toBeLessThan(LONGEST_WAIT_MS);
    expect(latest).toBeLessThan(500);
    const overtaken = order.filter((number, at) => order.slice(at + 1, at + 3_000).some((later) => later < number - 3_000));
    expect(overtaken).toEqual([]);
  });

  it("does not keep those who would wait too long", () => {
    const { waits, turned } = storm(40_000, 20_000, 0.4);
    expect(turned).toBeGreaterThan(10_000);
    expect(Math.max(...waits)).toBeLessThan(2 * LONGEST_WAIT_MS);
  });

  it("calls everybody whom it gave a number, whatever comes, and never more than the most", () => {
    const calm = fc.record({
      joins: fc.integer({ min: 1, max: 1_500 }),
      perSecond: fc.integer({ min: 1, max: 20_000 }),
      joinMs: fc.double({ min: 0, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(calm, ({ joins, perSecond, joinMs }) => {
        const { waits, turned } = storm(joins, perSecond, joinMs);
        expect(waits.length + turned).toBe(joins);
      }),
      { numRuns: 30 },
    );
  });
});
