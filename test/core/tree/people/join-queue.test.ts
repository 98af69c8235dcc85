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
    const waitMs = queue.waitMs(number, now - cameAt, localTime(now));
    if (waitMs === undefined) return void turned++;
    if (waitMs > 0) return void agenda.push({ at: now + waitMs, due: now + waitMs, number, came: cameAt });
    busyUntil = Math.max(busyUntil, now) + joinMs;
    waits.push(now - cameAt);
    order.push(number);
  };
  for (let now = 0; came < joins || agenda.length > 0; now++) {
    // A thread that is busy looks at nothing, and then at all of it.
    if (now < busyUntil) continue;
    for (; came < joins && (came * 1_000) / perSecond <= now; came++) {
      ask(queue.draw(localTime(now)), now, now);
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
    const overtaken = order.filter((number, at) => order.slice(at + 1, at + 3_000).some((later) => later < number - 200));
    expect(overtaken).toEqual([]);
  });

  it.each([0.4, 1, 2.2])(
    "keeps nobody waiting for longer than a line holds, at %d ms a join, whatever it thought when he came",
    (joinMs) => {
      const { waits, turned } = storm(24_000, 12_000, joinMs);
      expect(turned).toBeGreaterThan(1_000);
      expect(waits.length + turned).toBe(24_000);
      expect(Math.max(...waits)).toBeLessThan(10_000);
    },
  );

  it("does not wait for numbers that were given back", () => {
    const queue = new JoinQueue();
    const numbers = Array.from({ length: 20_000 }, () => queue.draw(localTime(0)));
    const staying = numbers.filter((number) => queue.waitMs(number, 0, localTime(0)) !== undefined);
    expect(staying.length).toBeLessThan(9_000);
    expect(queue.waiting).toBe(staying.length - 100);
    for (let now = 100; queue.waiting > 0; now += 100) queue.woke(0, localTime(now));
    expect(queue.waitMs(queue.draw(localTime(20_000)), 0, localTime(20_000))).toBe(0);
  });

  it("calls no faster under clocks that step back and forth, and goes on after one was set back", () => {
    const queue = new JoinQueue();
    for (let join = 0; join < 5_000; join++) queue.draw(localTime(3_600_000));
    for (let step = 1; step <= 1_000; step++) queue.woke(500, localTime(3_600_000 + step + (step % 2 === 0 ? 50 : 0)));
    expect(queue.waiting).toBeGreaterThan(3_700);
    const slow = queue.rate;
    for (let step = 0; step < 20; step++) queue.woke(0, localTime(step * 100));
    expect(queue.rate).toBeGreaterThan(slow);
  });

  it("forgets after a rest how slow the thread was", () => {
    const queue = new JoinQueue();
    for (let join = 0; join < 2_000; join++) queue.draw(localTime(0));
    for (let step = 1; step <= 50; step++) queue.woke(900, localTime(step * 100));
    expect(queue.rate).toBe(500);
    queue.draw(localTime(60_000));
    expect(queue.rate).toBe(1_000);
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
