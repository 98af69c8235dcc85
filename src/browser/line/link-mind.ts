import { backoffMs } from "../../core/backoff.ts";
import { comesBack } from "../../core/wire/ending.ts";

/** How long a link may be silent before it is probed, and how long an answer may take, in ms. */
export type Patience = { readonly silentMs: number; readonly answerMs: number };
/** A link of which nothing is expected is probed all the same after so long, in ms: a path may forget it without a word. */
const QUIET_MS = 30_000;
/** A connection that is not open by then is given up, in ms: a path that swallows packets never says so. */
const OPENING_MS = 10_000;
/** After so many vain tries in a row the room is asked over HTTP why, since browsers hide the answer to an upgrade. */
const ASK_AFTER = 1;

/** What the link's owner must do next. */
export type LinkEffect =
  | { readonly do: "open" }
  | { readonly do: "probe" }
  /** The socket is dead or unwanted: let go of it without waiting for its close. */
  | { readonly do: "drop" }
  | { readonly do: "ask-why" };

export type LinkPhase = "idle" | "opening" | "open" | "waiting" | "ended";

/** Why the link is over for good: a close code, or what HTTP said. */
export type LinkEnd = { readonly code: number; readonly says: string };

/** Stays connected: when to open, probe, give up and come back. Knows no socket, no clock and no luck. */
export class LinkMind {
  readonly #patience: Patience;
  #phase: LinkPhase = "idle";
  #attempt = 0;
  #since = 0;
  #heardAt = 0;
  #probedAt: number | undefined;
  #dueAt = 0;
  #end: LinkEnd | undefined;
  #windowMs: number | undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  get phase(): LinkPhase {
    return this.#phase;
  }

  /** Vain tries since the last connection that said something. */
  get attempt(): number {
    return this.#attempt;
  }

  get end(): LinkEnd | undefined {
    return this.#end;
  }

  /** The server told in which window to come back, in ms, should this connection break. */
  told(windowMs: number): void {
    this.#windowMs = windowMs;
  }

  start(now: number): LinkEffect[] {
    this.#attempt = 0;
    this.#end = undefined;
    return this.#open(now);
  }

  opened(now: number): LinkEffect[] {
    if (this.#phase !== "opening") return [];
    this.#phase = "open";
    this.#heardAt = now;
    this.#probedAt = undefined;
    return [];
  }

  /** Anything at all came: the link lives. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#probedAt = undefined;
    this.#attempt = 0;
  }

  closed(code: number, reason: string, now: number, random: number): LinkEffect[] {
    if (this.#phase !== "opening" && this.#phase !== "open") return [];
    if (!comesBack(code)) {
      this.giveUp({ code, says: reason });
      return [];
    }
    return this.#wait(now, random);
  }

  /** Over for good, because HTTP said so or its owner wants no more. */
  giveUp(end: LinkEnd | undefined): LinkEffect[] {
    const had = this.#phase === "opening" || this.#phase === "open";
    this.#phase = end === undefined ? "idle" : "ended";
    this.#end = end;
    return had ? [{ do: "drop" }] : [];
  }

  /** The machine woke up or found its network again: no reason to wait any longer, and every reason to doubt the link. */
  nudge(now: number): LinkEffect[] {
    if (this.#phase === "waiting") return this.#open(now);
    if (this.#phase !== "open" || this.#probedAt !== undefined) return [];
    this.#probedAt = now;
    return [{ do: "probe" }];
  }

  /** Time passes. `expectsSound`: something should be coming all the time, so silence is soon suspicious. */
  tick(now: number, random: number, expectsSound: boolean): LinkEffect[] {
    switch (this.#phase) {
      case "waiting":
        return now >= this.#dueAt ? this.#open(now) : [];
      case "opening":
        return now - this.#since > OPENING_MS ? [{ do: "drop" }, ...this.#wait(now, random)] : [];
      case "open":
        return this.#listen(now, random, expectsSound);
      default:
        return [];
    }
  }

  #listen(now: number, random: number, expectsSound: boolean): LinkEffect[] {
    if (this.#probedAt !== undefined) {
      return now - this.#probedAt > this.#patience.answerMs ? [{ do: "drop" }, ...this.#wait(now, random)] : [];
    }
    if (now - this.#heardAt <= (expectsSound ? this.#patience.silentMs : QUIET_MS)) return [];
    this.#probedAt = now;
    return [{ do: "probe" }];
  }

  #open(now: number): LinkEffect[] {
    this.#phase = "opening";
    this.#since = now;
    return [{ do: "open" }];
  }

  #wait(now: number, random: number): LinkEffect[] {
    const vain = this.#phase === "opening";
    this.#phase = "waiting";
    this.#dueAt = now + backoffMs(this.#attempt, random, this.#windowMs);
    this.#attempt++;
    return vain && this.#attempt > ASK_AFTER ? [{ do: "ask-why" }] : [];
  }
}
