import { z } from "zod";

/** What the processes of a crowd say to each other; the one door for both directions. Times on the wall are ms since 1970. */

const wave = z.object({ listeners: z.number(), perSecond: z.number() }).readonly();
const sharedAfter = z.object({ share: z.number(), afterMs: z.number() }).readonly();

const wish = z
  .object({
    url: z.string(),
    first: wave,
    storm: z.object({ listeners: z.number(), perSecond: z.number(), afterMs: z.number() }).readonly(),
    warmMs: z.number(),
    listenMs: z.number(),
    mischief: z
      .object({
        slow: z.object({ share: z.number(), afterMs: z.number(), forMs: z.number() }).readonly(),
        halfOpen: sharedAfter,
        kill: sharedAfter,
      })
      .readonly(),
    sources: z.array(z.string()).readonly(),
    comeBack: z.boolean(),
    answers: z.object({ reacts: z.boolean(), askers: z.number() }).readonly().optional(),
  })
  .readonly();

const toPart = z.discriminatedUnion("say", [
  /** Every `of`-th listener is yours, from `index` on; the first is due at `startAt`. */
  z.object({ say: z.literal("begin"), wish, index: z.number(), of: z.number(), startAt: z.number() }),
  /** All have come: listening begins at `at`. */
  z.object({ say: z.literal("listen"), at: z.number() }),
  /** Say what you found, and hang up. */
  z.object({ say: z.literal("leave") }),
]);

/** Histograms, as Histogram.encode gives them. */
const perGroup = z.object({ steady: z.string(), storm: z.string(), slow: z.string() }).readonly();

const second = z
  .object({
    /** Counted from `startAt`. */
    second: z.number(),
    present: z.number(),
    joined: z.number(),
    lost: z.number(),
    returned: z.number(),
    diverted: z.number(),
    /** Listeners of the cached lane. */
    cached: z.number(),
    messages: z.number(),
    chunks: z.number(),
    soundMs: z.number(),
    holes: z.number(),
    gaps: z.number(),
    stalls: z.number(),
    lag: perGroup,
  })
  .readonly();

const counts = z.record(z.string(), z.number());

const groupFound = z
  .object({
    listeners: z.number(),
    join: z.string(),
    firstAudio: z.string(),
    back: z.string(),
    epochGap: z.string(),
    lag: z.string(),
    longestGapMs: z.number(),
    /** Listeners with at least one silence of more than a second. */
    stalled: z.number(),
    /** Listeners whose newest chunk was not late when the crowd left. */
    live: z.number(),
  })
  .readonly();

const found = z
  .object({
    dialed: z.number(),
    joined: z.number(),
    failures: counts,
    endings: counts,
    deaf: z.number(),
    lost: z.number(),
    returned: z.number(),
    diverted: z.number(),
    cameLive: z.number(),
    present: z.number(),
    chunks: z.number(),
    holes: z.number(),
    repeats: z.number(),
    gaps: z.number(),
    epochs: z.number(),
    ownDelayMs: z.object({ p99: z.number(), max: z.number() }),
    groups: z.object({ steady: groupFound, storm: groupFound, slow: groupFound }).readonly(),
  })
  .readonly();

const fromPart = z.discriminatedUnion("say", [
  z.object({ say: z.literal("ready") }),
  /** Every first try of the first wave is over. */
  z.object({ say: z.literal("settled"), joined: z.number() }),
  z.object({ say: z.literal("second"), second }),
  z.object({ say: z.literal("found"), found }),
]);

/** One second of one process's listeners: what came in it, and how things stood at its end. */
export type Second = z.infer<typeof second>;
/** What one process's listeners found until they left. */
export type PartFound = z.infer<typeof found>;
export type GroupFound = z.infer<typeof groupFound>;
export type ToPart = z.infer<typeof toPart>;
export type FromPart = z.infer<typeof fromPart>;

/** @throws if it is nothing that a crowd's processes say */
export function parseToPart(said: unknown): ToPart {
  return toPart.parse(said);
}

/** @throws if it is nothing that a crowd's processes say */
export function parseFromPart(said: unknown): FromPart {
  return fromPart.parse(said);
}
