import { Histogram } from "./histogram.ts";
import { LeftLate } from "./left-late.ts";

/** One second of the evening. Counts of listeners are at its end; lag is that of all leaves which were looked at within it; times in ms. */
export type Second = {
  readonly second: number;
  /** Who hears or will with the next chunk, who is on his way, and who hears the cached lane. */
  readonly live: number;
  readonly away: number;
  readonly cached: number;
  readonly joins: number;
  readonly diverted: number;
  readonly lagP50Ms: number | undefined;
  readonly lagP99Ms: number | undefined;
  /** The widest stride of any leaf. */
  readonly stride: number;
  readonly rootRequests: number;
  readonly audienceRequests: number;
  /** Of the relay or leaf that got most. */
  readonly nodeRequests: number;
  /** Leaves and relays that are awake. */
  readonly nodes: number;
};

/** What only the world can say of a second. */
export type Standing = Pick<Second, "live" | "away" | "cached" | "stride" | "nodes"> & {
  /** Who sits since this second or before, though his leaf was not looked at since (porch.ts). */
  readonly unseen: number;
};

/** Counts and times of an evening, second by second and altogether. */
export class Measures {
  readonly seconds: Second[] = [];
  /** From when a chunk was due to when it arrived, of all that was not replayed. */
  readonly lag = new Histogram();
  /** From the click to the first sound, of whom comes for the first time. */
  readonly firstSound = new Histogram();
  /** From a broken connection to sound again. */
  readonly back = new Histogram();
  /** Times without sound, of listeners who kept their connection; only those beyond a quarter of a second. */
  readonly silence = new Histogram();
  joins = 0;
  diversions = 0;
  drops = 0;
  chunks = 0;
  /** Messages and ms of sound that all listeners together were sent. */
  messages = 0;
  soundMs = 0;
  gaps = 0;
  /** Asks that reached the room's people. */
  asked = 0;
  /** Asks that leaves took. */
  asks = 0;
  /** Taps that leaves took, and what of them the room told. */
  taps = 0;
  tapsCounted = 0;
  /** Reports that the root got in one second, at most. */
  mostReports = 0;
  readonly #lag = new Histogram();
  readonly #left: LeftLate;
  #joined = 0;
  #unseen = 0;
  #diverted = 0;
  #root = 0;
  #audience = 0;
  #node = 0;
  #reports = 0;

  /** @param delaysMs of lines to listeners: any of them may be anybody's */
  constructor(delaysMs: Float64Array) {
    this.#left = new LeftLate(delaysMs);
  }

  /** A chunk left its leaf for so many listeners, `lateMs` after it was due. */
  left(lateMs: number, times: number): void {
    this.#left.add(lateMs, times);
  }

  joined(): void {
    this.joins++;
    this.#joined++;
  }

  diverted(): void {
    this.diversions++;
    this.#diverted++;
  }

  /** The root got a report. */
  reported(): void {
    this.#reports++;
  }

  /** A root, the audience or a node got its `count`th request of this second. */
  requested(kind: "root" | "audience" | "node", count: number): void {
    if (kind === "root") this.#root = Math.max(this.#root, count);
    else if (kind === "audience") this.#audience = Math.max(this.#audience, count);
    else this.#node = Math.max(this.#node, count);
  }

  /** A second is over. */
  close({ unseen, ...standing }: Standing): void {
    this.#left.arrive(this.#lag);
    this.seconds.push({
      second: this.seconds.length + 1,
      ...standing,
      joins: this.#joined + unseen - this.#unseen,
      diverted: this.#diverted,
      lagP50Ms: rounded(this.#lag.quantile(0.5)),
      lagP99Ms: rounded(this.#lag.quantile(0.99)),
      rootRequests: this.#root,
      audienceRequests: this.#audience,
      nodeRequests: this.#node,
    });
    this.mostReports = Math.max(this.mostReports, this.#reports);
    this.#reports = 0;
    this.lag.merge(this.#lag);
    this.#lag.clear();
    this.#joined = 0;
    this.#unseen = unseen;
    this.#diverted = 0;
    this.#root = 0;
    this.#audience = 0;
    this.#node = 0;
  }
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
