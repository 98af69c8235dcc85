import { describe, expect, it } from "vitest";
import { type CrowdWish, dueAfterMs, groupOf, type Role, roleOf } from "../../../src/cli/crowd/wish.ts";

function aWish(of: Partial<CrowdWish> = {}): CrowdWish {
  return {
    url: "ws://127.0.0.1:1/rooms/demo/listen",
    first: { listeners: 1_000, perSecond: 500 },
    storm: { listeners: 0, perSecond: 4_000, afterMs: 0 },
    warmMs: 0,
    listenMs: 1_000,
    mischief: {
      slow: { share: 0.1, afterMs: 0, forMs: 0 },
      halfOpen: { share: 0.01, afterMs: 0 },
      kill: { share: 0.05, afterMs: 0 },
    },
    sources: [],
    comeBack: true,
    ...of,
  };
}

function rolesOf(wish: CrowdWish, from: number, to: number): Readonly<Record<Role, number>> {
  const roles = { steady: 0, slow: 0, "half-open": 0, killed: 0, storm: 0 };
  for (let index = from; index < to; index++) roles[roleOf(wish, index)]++;
  return roles;
}

describe("a crowd's wish", () => {
  it("gives each share of the crowd what it asked for", () => {
    const roles = rolesOf(aWish(), 0, 1_000);
    expect(Math.abs(roles.slow - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs(roles["half-open"] - 10)).toBeLessThanOrEqual(2);
    expect(Math.abs(roles.killed - 50)).toBeLessThanOrEqual(2);
    expect(roles.storm).toBe(0);
  });

  it("spreads the shares evenly, so that every hundred listeners look alike", () => {
    for (let from = 0; from < 1_000; from += 100) {
      expect(Math.abs(rolesOf(aWish(), from, from + 100).slow - 10), `from ${from}`).toBeLessThanOrEqual(2);
    }
  });

  it("lets nobody of the storm misbehave", () => {
    const wish = aWish({ storm: { listeners: 500, perSecond: 4_000, afterMs: 0 } });
    expect(rolesOf(wish, 1_000, 1_500).storm).toBe(500);
  });

  it("dials on a timeline that knows nothing of the server", () => {
    expect(dueAfterMs({ listeners: 9, perSecond: 500 }, 3)).toBe(6);
    expect(dueAfterMs({ listeners: 8_000, perSecond: 4_000 }, 7_999)).toBe(1_999.75);
  });

  it("counts the times of who stops reading apart from everybody else's", () => {
    expect(groupOf("slow")).toBe("slow");
    expect(groupOf("half-open")).toBe("slow");
    expect(groupOf("killed")).toBe("steady");
  });
});
