import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Glimpse, phaseOf, watchRoom } from "../../../../src/browser/listen/glimpse.ts";

let onSeen: (() => void)[] = [];
const page = { visibilityState: "visible", addEventListener: (_: string, look: () => void) => onSeen.push(look) };
let asked: string[] = [];
let answer = () => new Response(JSON.stringify({ phase: "live", listeners: 7, title: "Birds" }));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return answer();
  });
  page.visibilityState = "visible";
  asked = [];
  onSeen = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("a room that nobody listens to is looked at every 30 s", async () => {
  const seen = watch(() => true);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(asked).toEqual(Array(3).fill("/api/rooms/birds"));
  expect(seen).toEqual(Array(3).fill({ phase: "live", listeners: 7 }));
});

it("a room is left alone while somebody listens to it", async () => {
  watch(() => false);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(asked).toEqual([]);
});

it("a hidden page does not look, and looks at once when it is seen again", async () => {
  page.visibilityState = "hidden";
  const seen = watch(() => true);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toEqual([]);
  page.visibilityState = "visible";
  for (const look of onSeen) look();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toHaveLength(1);
});

it("a room that is gone is over; one that cannot be asked stays as it was", async () => {
  answer = () => new Response("", { status: 503 });
  const seen = watch(() => true);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(seen).toEqual([]);
  answer = () => new Response("", { status: 410 });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(seen).toEqual([{ phase: "ended", listeners: undefined }]);
});

it("a phase that this page does not know is quiet", () => {
  expect(["live", "ended", "quiet", "dancing", undefined].map(phaseOf)).toEqual(["live", "ended", "quiet", "quiet", "quiet"]);
});

function watch(wanted: () => boolean): Glimpse[] {
  const seen: Glimpse[] = [];
  watchRoom("birds", wanted, (glimpse) => seen.push(glimpse));
  return seen;
}
