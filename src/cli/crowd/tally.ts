import { Histogram } from "../listen/stats.ts";
import { GROUPS, type Group } from "./wish.ts";

/** Times of one group of listeners, in ms. */
export class GroupTimes {
  /** From when the join was due to the open connection; first tries only. */
  readonly join = new Histogram();
  /** From when the join was due to the first sound, in whichever lane. */
  readonly firstAudio = new Histogram();
  /** From a lost connection to the next sound. */
  readonly back = new Histogram();
  /** From the last sound that came of one epoch to the first of the next; announced silence is part of it. */
  readonly epochGap = new Histogram();
  /** Arrival of a chunk, by this machine's clock, less the time at which it was due; greetings left out. This second's. */
  readonly lag = new Histogram();
  readonly lagEver = new Histogram();
}

/** What one process of a crowd counts while it listens. */
export class PartTally {
  readonly times: Readonly<Record<Group, GroupTimes>> = { steady: new GroupTimes(), storm: new GroupTimes(), slow: new GroupTimes() };
  /** First tries that failed, by what the server or the network said. */
  readonly failures = new Map<string, number>();
  /** Connections that ended though the crowd wanted them, by close code and reason. */
  readonly endings = new Map<string, number>();
  dialed = 0;
  /** Listeners whom a server has let in at least once. */
  joined = 0;
  /** First tries that are over, one way or the other. */
  settled = 0;
  /** Listeners that are connected now. */
  present = 0;
  /** Connections that ended, of those who come back, and returns to sound. */
  lost = 0;
  returned = 0;
  messages = 0;
  chunks = 0;
  /** How much of the room's time these chunks cover, in ms: a root that was late merges several ticks into one chunk. */
  soundMs = 0;
  /** Silences of more than a second. */
  stalls = 0;
  /** Listeners whom a server sent to the cached lane, and those of them who came live later. */
  diverted = 0;
  cameLive = 0;
  /** Listeners who hear by the cached lane now. */
  cached = 0;

  /** Takes this second's lags, and begins the next one's. */
  takeLag(): Record<Group, string> {
    const taken = { steady: "", storm: "", slow: "" };
    for (const group of GROUPS) {
      const { lag, lagEver } = this.times[group];
      taken[group] = lag.encode();
      lagEver.merge(taken[group]);
      lag.reset();
    }
    return taken;
  }
}
