import { describe, expect, it } from "vitest";
import { CachedLane, type LaneMachine } from "../../../src/core/wire/cached-lane.ts";
import { aChunk } from "../../support/build.ts";
import { LANE_HEAD } from "../../support/lane.ts";

/** A machine whose clock is turned by hand, and a server that answers as `answers` says, by name. */
function aMachine(answers: (name: string) => number) {
  const asked: string[] = [];
  let now = 0;
  let due: { readonly at: number; readonly ring: () => void } | undefined;
  const machine: LaneMachine = {
    now: () => now,
    wake(afterMs, ring) {
      due = afterMs === undefined ? undefined : { at: now + afterMs, ring };
    },
    async ask(name) {
      asked.push(name);
      const status = answers(name);
      const index = Number(name.split("/").at(-1));
      const body = name === "head" ? new TextEncoder().encode(JSON.stringify(LANE_HEAD)) : aChunk(index * 20 + 1);
      return { status, body: status === 200 ? Uint8Array.from(body) : new Uint8Array(0) };
    },
    textOf: (body) => new TextDecoder().decode(body),
  };
  const pass = async (ms: number): Promise<void> => {
    for (const until = now + ms; now < until; now += 100) {
      if (due !== undefined && due.at <= now) {
        const { ring } = due;
        due = undefined;
        ring();
      }
      await new Promise((turn) => setTimeout(turn));
    }
  };
  return { machine, asked, pass, isArmed: () => due !== undefined };
}

function anEar() {
  const told = { heard: 0, done: 0 };
  const nothing = () => undefined;
  return { told, tells: { hear: () => void told.heard++, gap: nothing, states: nothing, done: () => void told.done++ } };
}

describe("a cached lane", () => {
  it("asks where the room stands, and then for what can be fetched, one after another", async () => {
    const { machine, asked, pass } = aMachine(() => 200);
    const { told, tells } = anEar();
    const lane = new CachedLane(machine, undefined, undefined, tells);
    await pass(10_000);
    lane.stop();
    expect(asked[0]).toBe("head");
    expect(asked[1]).toMatch(/^1\/2\d$/);
    expect(told.heard).toBeGreaterThan(0);
  });

  it("goes on after answers that failed", async () => {
    let fails = 3;
    const { machine, pass } = aMachine(() => (fails-- > 0 ? 0 : 200));
    const { told, tells } = anEar();
    const lane = new CachedLane(machine, undefined, undefined, tells);
    await pass(20_000);
    lane.stop();
    expect(told.heard).toBeGreaterThan(0);
  });

  it("is over when the room is, and asks for nothing more", async () => {
    const { machine, asked, pass, isArmed } = aMachine(() => 410);
    const { told, tells } = anEar();
    new CachedLane(machine, undefined, undefined, tells);
    await pass(10_000);
    expect({ ...told, asked: asked.length, armed: isArmed() }).toEqual({ heard: 0, done: 1, asked: 1, armed: false });
  });

  it("says nothing once it is stopped, whatever is still on its way", async () => {
    const { machine, pass, isArmed } = aMachine(() => 200);
    const { told, tells } = anEar();
    const lane = new CachedLane(machine, undefined, undefined, tells);
    lane.stop();
    await pass(5_000);
    expect({ ...told, armed: isArmed() }).toEqual({ heard: 0, done: 0, armed: false });
  });
});
