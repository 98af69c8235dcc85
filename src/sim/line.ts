import { type Luck, luck } from "./luck.ts";

/** What a line between two machines is like. */
export type LineKind = {
  /** Half of all lines are not slower than `p50`, 99 % not slower than `p99`; one way, in ms. */
  readonly delayMs: { readonly p50: number; readonly p99: number };
  /** What one message takes longer than another, at most, in ms. */
  readonly jitterMs: number;
  /** Share of messages of which a packet is lost. TCP sends it again: late, never missing. */
  readonly loss: number;
  /** Undefined: more than anybody here sends. */
  readonly kbps?: number;
};

/** Objects of one region: within or between data centres of a continent. Assumed. */
const NEAR: LineKind = { delayMs: { p50: 8, p99: 30 }, jitterMs: 2, loss: 0.0002 };
/** Objects of two regions: an ocean between them. Assumed. */
const FAR: LineKind = { delayMs: { p50: 75, p99: 150 }, jitterMs: 6, loss: 0.0005 };
/** A listener and the object that serves him. Assumed: fixed lines and phones together. */
export const LAST_MILE: LineKind = { delayMs: { p50: 25, p99: 180 }, jitterMs: 20, loss: 0.002 };

/** Everything on one machine, as the bench has it: what a message takes longer there, its processes take. */
const LOOPBACK: LineKind = { delayMs: { p50: 0.2, p99: 1 }, jitterMs: 0.2, loss: 0 };

/** A lost packet is sent again after at least this, in ms: Linux's least retransmission timeout. */
const RETRANSMIT_MS = 200;
/** Standard normal quantile at 99 %. */
const Z99 = 2.326;

/** One way's delay of a line of this kind, in ms: log-normal through the two quantiles. */
export function delayOf(kind: LineKind, luck: Luck): number {
  const { p50, p99 } = kind.delayMs;
  // Irwin-Hall: the sum of twelve uniforms less 6 is as good a normal as delays need; here of four, scaled.
  const normal = (luck() + luck() + luck() + luck() - 2) * Math.sqrt(3);
  return p50 * (p99 / p50) ** (normal / Z99);
}

/** The lines of an evening. */
export class Lines {
  readonly #near: LineKind;
  readonly #far: LineKind;
  /** Between a listener or a speaker and the object that serves him. */
  readonly lastMile: LineKind;
  /** Delays of listeners' lines, one way, in ms; drawn once. */
  readonly delaysMs: Float64Array;

  constructor(near: LineKind, far: LineKind, lastMile: LineKind) {
    this.#near = near;
    this.#far = far;
    this.lastMile = lastMile;
    this.delaysMs = Float64Array.from({ length: 4_096 }, drawer(lastMile));
  }

  /** Any listener's delay, in ms. */
  anyDelay(draw: Luck): number {
    return this.delaysMs[Math.floor(draw() * this.delaysMs.length)] ?? 0;
  }

  /** A pair of lines between two machines, there and back. */
  between(oneRegion: string, otherRegion: string, luck: Luck): readonly [Line, Line] {
    const kind = oneRegion === otherRegion ? this.#near : this.#far;
    const delayMs = delayOf(kind, luck);
    return [new Line(kind, delayMs, luck), new Line(kind, delayMs, luck)];
  }
}

/** Between data centres and homes, or all on one machine. */
export const LINES = { internet: new Lines(NEAR, FAR, LAST_MILE), loopback: new Lines(LOOPBACK, LOOPBACK, LOOPBACK) } as const;

function drawer(kind: LineKind): () => number {
  const draw = luck(1);
  return () => delayOf(kind, draw);
}

/** One direction of a TCP connection: order is kept, what is lost comes late, and all behind it with it. */
export class Line {
  readonly #delayMs: number;
  readonly #jitterMs: number;
  readonly #loss: number;
  readonly #msPerByte: number;
  readonly #luck: Luck;
  #sentUntil = 0;
  #arrivesFrom = 0;

  /** @param delayMs one way, of this very line */
  constructor(kind: LineKind, delayMs: number, luck: Luck) {
    this.#delayMs = delayMs;
    this.#jitterMs = kind.jitterMs;
    this.#loss = kind.loss;
    this.#msPerByte = kind.kbps === undefined ? 0 : 8 / kind.kbps;
    this.#luck = luck;
  }

  /** When what leaves at `at` arrives whole. */
  arrivalOf(at: number, bytes: number): number {
    this.#sentUntil = Math.max(at, this.#sentUntil) + bytes * this.#msPerByte;
    const lateMs = this.#luck() < this.#loss ? RETRANSMIT_MS + 2 * this.#delayMs : 0;
    const arrival = this.#sentUntil + this.#delayMs + this.#luck() * this.#jitterMs + lateMs;
    this.#arrivesFrom = Math.max(this.#arrivesFrom, arrival);
    return this.#arrivesFrom;
  }

  /** Bytes that wait to be sent at `at`. */
  queuedBytes(at: number): number {
    return this.#msPerByte === 0 ? 0 : Math.max(0, this.#sentUntil - at) / this.#msPerByte;
  }
}
