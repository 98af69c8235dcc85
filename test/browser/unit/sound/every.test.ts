import { afterEach, beforeEach, expect, it, vi } from "vitest";

type Heard = { data: unknown };

/** A worker that runs in a browser that lets hidden pages' workers go on; its script is run as it is. */
class PlainWorker {
  static made: PlainWorker[] = [];
  static script = "";
  onmessage: ((heard: Heard) => void) | undefined;
  onerror: (() => void) | undefined;
  readonly #inside: { onmessage?: (heard: Heard) => void } = {};

  constructor() {
    PlainWorker.made.push(this);
    const say = (data: unknown) => this.onmessage?.({ data });
    const run = new Function("self", "postMessage", "setInterval", "clearInterval", `with(self){${PlainWorker.script}}`);
    const self = new Proxy(this.#inside, { has: (_, name) => name === "onmessage" });
    run(self, say, workersInterval, clearInterval);
  }

  postMessage(data: unknown): void {
    this.#inside.onmessage?.({ data });
  }
}

/** The clock of workers, which is not the page's. */
let workersInterval: (tick: (value: unknown) => void, ms: number, value: unknown) => unknown = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  PlainWorker.made = [];
  workersInterval = setInterval;
  vi.stubGlobal("Worker", PlainWorker);
  vi.stubGlobal("Blob", function Blob([script]: [string]) {
    PlainWorker.script = script;
  });
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:clock");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("rings by one worker's clock, not by the page's, until it is stopped", async () => {
  vi.stubGlobal("setInterval", () => expect.fail("the page's own timer"));
  const { every } = await import("../../../../src/browser/sound/every.ts");
  const rung: string[] = [];
  const stop = every(2_000, () => rung.push("ping"));
  every(5_000, () => rung.push("tick"));
  vi.advanceTimersByTime(5_000);
  expect(rung).toEqual(["ping", "ping", "tick"]);
  stop();
  vi.advanceTimersByTime(5_000);
  expect(rung).toEqual(["ping", "ping", "tick", "tick"]);
  expect(PlainWorker.made).toHaveLength(1);
});

it("rings by the page's own timers where no worker may run", async () => {
  const { every } = await import("../../../../src/browser/sound/every.ts");
  let rung = 0;
  workersInterval = () => undefined;
  every(1_000, () => rung++);
  PlainWorker.made[0]?.onerror?.();
  const stop = every(1_000, () => rung++);
  vi.advanceTimersByTime(1_000);
  expect(rung).toBe(2);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(rung).toBe(3);
});
