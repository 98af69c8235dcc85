/** Luck from [0, 1), one draw per call. */
export type Luck = () => number;

/** Seeded luck: mulberry32 (Tommy Ettinger, public domain). A failing run names its seed, and the seed replays it. */
export function luck(seed: number): Luck {
  // 32 bits with a sign: as such the engine keeps them without an object for each.
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Luck of its own for each purpose, so that one more draw here shuffles nothing there. */
export type Streams = {
  /** When and where listeners come. */
  readonly arrivals: Luck;
  /** Delay, jitter and loss on every line. */
  readonly lines: Luck;
  /** What minds and the edge are passed as luck. */
  readonly minds: Luck;
  /** What breaks, and when. */
  readonly faults: Luck;
};

/** The streams of one evening. */
export function streams(seed: number): Streams {
  const of = (purpose: number) => luck(Math.imul(seed, 0x9e3779b1) ^ Math.imul(purpose, 0x85ebca6b));
  return { arrivals: of(1), lines: of(2), minds: of(3), faults: of(4) };
}

/** Anything of `several`, by luck; undefined of nothing. */
export function anyOf<Value>(several: readonly Value[], random: number): Value | undefined {
  return several[Math.floor(random * several.length)];
}
