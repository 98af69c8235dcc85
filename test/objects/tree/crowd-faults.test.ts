import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import { BEFORE_ALL, comparePositions, continues, formatPosition, type Position } from "../../../src/core/audio/position.ts";
import { backoffMs } from "../../../src/core/backoff.ts";
import { parseListenerHears } from "../../../src/core/wire/parse.ts";
import { env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

/** A crowd within the process: real sockets and objects, no network. Times are printed, not asserted: the machine has other work. */

/** One of a crowd, who comes back as players do. */
class Listener {
  lost = 0;
  holes = 0;
  last: Position = BEFORE_ALL;
  longestGapMs = 0;
  backMs: number | undefined;
  readonly room: string;
  #comeBackMs = 500;
  #heardAt = 0;
  #lostAt: number | undefined;

  constructor(room: string) {
    this.room = room;
  }

  async connect(): Promise<void> {
    const from = this.last === BEFORE_ALL ? "" : `?from=${formatPosition(this.last)}`;
    const { webSocket: socket } = await upgrade(`/rooms/${this.room}/listen${from}`);
    if (socket === null) return this.#comeBack();
    socket.binaryType = "arraybuffer";
    socket.accept();
    socket.addEventListener("close", () => {
      socket.close();
      this.lost++;
      this.#lostAt ??= Date.now();
      void this.#comeBack();
    });
    socket.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) this.#hear(new Uint8Array(data));
      else this.#read(String(data));
    });
  }

  async #comeBack(): Promise<void> {
    await workerdHouse.pass(backoffMs(0, Math.random(), this.#comeBackMs));
    await this.connect();
  }

  #read(text: string): void {
    const said = parseListenerHears(text);
    if (said?.type === "audience" && said.comeBackMs !== undefined) this.#comeBackMs = said.comeBackMs;
    if (said?.type === "gap") this.last = { epoch: said.to.epoch, sequence: said.to.sequence - 1 };
  }

  #hear(message: Uint8Array): void {
    const now = Date.now();
    if (this.#heardAt > 0) this.longestGapMs = Math.max(this.longestGapMs, now - this.#heardAt);
    this.#heardAt = now;
    if (this.#lostAt !== undefined) this.backMs = now - this.#lostAt;
    this.#lostAt = undefined;
    for (const { at } of chunksIn(message)) {
      const position = readHeader(message, at);
      if (position === undefined || comparePositions(position, this.last) <= 0) throw new Error("heard twice, or unreadable");
      if (this.last !== BEFORE_ALL && !continues(this.last, position)) this.holes++;
      this.last = position;
    }
  }
}

async function aCrowd(listeners: number, shape: { leaves: number; leafListeners: number }) {
  const opened = await workerdHouse.open(100, shape);
  const host = await opened.host();
  host.say({ type: "on-air" });
  host.speak();
  const { audience } = await opened.plan();
  const crowd = Array.from({ length: listeners }, () => new Listener(audience));
  for (let from = 0; from < listeners; from += 50) await Promise.all(crowd.slice(from, from + 50).map((one) => one.connect()));
  await workerdHouse.eventually("all hear", () => crowd.every((one) => one.last !== BEFORE_ALL));
  await workerdHouse.pass(2_000);
  for (const one of crowd) one.longestGapMs = 0;
  return { crowd, host, opened, audience: roomId(audience) };
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

describe("a relay that dies under 800 listeners on three levels", () => {
  it("costs none of them his connection or a chunk", async () => {
    const { crowd, host, audience } = await aCrowd(800, { leaves: 20, leafListeners: 64 });
    const relay = env.RELAY.get(env.RELAY.idFromName(`${audience}.weur.1.0`));
    await runInDurableObject(relay, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    await workerdHouse.pass(4_000);
    console.log(`relay killed under ${crowd.length}: longest gap ${spread(crowd.map((one) => one.longestGapMs))}`);
    expect(crowd.map((one) => one.lost)).toEqual(crowd.map(() => 0));
    expect(crowd.reduce((sum, one) => sum + one.holes, 0)).toBe(0);
    const newest = Math.max(...crowd.map((one) => one.last.sequence));
    expect(Math.min(...crowd.map((one) => one.last.sequence))).toBeGreaterThan(newest - 20);
    host.leave();
  });
});

describe("a leaf that dies under 1,000 listeners", () => {
  it("has all of them back within the window they were told, and they hear every chunk", async () => {
    const { crowd, host, audience } = await aCrowd(1_000, { leaves: 1, leafListeners: 1_100 });
    const leaf = env.LEAF.get(env.LEAF.idFromName(`${audience}.weur.0.0`));
    await runInDurableObject(leaf, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    // Where joining takes long, the tree has grown meanwhile, and some sit elsewhere.
    await workerdHouse.eventually("most have lost their line", () => crowd.filter((one) => one.lost > 0).length > 500);
    await workerdHouse.eventually("all are back", () => crowd.every((one) => one.lost === 0 || one.backMs !== undefined));
    const back = crowd.flatMap(({ backMs }) => backMs ?? []);
    console.log(`leaf killed under ${back.length}: back after ${spread(back)}`);
    expect(crowd.reduce((sum, one) => sum + one.holes, 0)).toBe(0);
    host.leave();
  });
});

describe("a room's object that dies under 400 listeners on three levels", () => {
  it("costs none of them his connection; a host who comes back as his page does is heard again", async () => {
    const { crowd, opened } = await aCrowd(400, { leaves: 20, leafListeners: 64 });
    await opened.killRoom();
    await workerdHouse.pass(backoffMs(0, Math.random()));
    const host = await opened.host();
    host.say({ type: "on-air" });
    host.speak();
    await workerdHouse.eventually("all hear the new epoch", () => crowd.every((one) => one.last.epoch === 2));
    await workerdHouse.pass(1_000);
    console.log(`room killed under ${crowd.length}: longest gap ${spread(crowd.map((one) => one.longestGapMs))}`);
    expect(crowd.map((one) => one.lost)).toEqual(crowd.map(() => 0));
    expect(crowd.reduce((sum, one) => sum + one.holes, 0)).toBe(0);
    host.leave();
  });
});
