import { isCount, parseObject } from "../../json.ts";
import { addReactions, NO_REACTIONS, parseReactions, type Reactions, reactionsSince } from "../people/reactions.ts";
import type { Region } from "../shape/region.ts";
import { LOOKS } from "./peak.ts";
import { NOTHING } from "./tally.ts";
import { regionsOf, type Totals } from "./totals.ts";
import { isUnique, Unique } from "./unique.ts";

/** Regions with fewer listeners than this are told as one: a handful of people in a far country are easily somebody. */
const FEW = 5;

/** One region's share of the audience; `other`: all regions that have few. */
export type CrowdPart = { readonly region: Region | "other"; readonly listeners: number; readonly hearing: number };

/** The audience as its people are told of it. The parts add up to `listeners` and `hearing`. */
export type CrowdFigures = {
  readonly listeners: number;
  /** Listeners whose player said that sound comes out. */
  readonly hearing: number;
  /** The most that listened at once. */
  readonly peak: number;
  /** Different browsers that came, estimated (1.6 % off, as a standard error); who brings no id is counted at every join. */
  readonly unique: number;
  /** By region, most listeners first. Only who hangs on the tree: who hears the cached lane is counted by nobody. */
  readonly parts: readonly CrowdPart[];
};

/** What the root knows of its audience as a whole. */
export class Crowd {
  #looks: readonly Totals[] = [];
  #highest = NOTHING;
  #peak = 0;
  readonly #unique = new Unique();
  #reactionsBefore: Reactions = NO_REACTIONS;
  #reactionsTold: Reactions = NO_REACTIONS;

  /** A child told of who came. */
  hear(unique: string): boolean {
    return this.#unique.hear(unique);
  }

  /** A second has passed. What lasted for some seconds may be the peak: while a leaf changes parents, both may count it for a moment. */
  look(totals: Totals): void {
    this.#looks = [...this.#looks.slice(1 - LOOKS), totals];
    if (this.#looks.length === LOOKS) this.#peak = Math.max(this.#peak, Math.min(...this.#looks.map(({ listeners }) => listeners)));
    this.#highest = this.#looks.reduce((highest, look) => (look.listeners >= highest.listeners ? look : highest), totals);
  }

  /** True while there must be another look: what is told may be more than there is, or not a peak yet. */
  get holds(): boolean {
    const last = this.#looks.at(-1)?.listeners;
    return last !== undefined && (this.#looks.length < LOOKS || this.#looks.some(({ listeners }) => listeners !== last));
  }

  /** The most that listened at one of the last looks: a fall is not told before it has lasted. */
  get held(): Pick<Totals, "listeners" | "hearing"> {
    return this.#highest;
  }

  /** The audience now: as it is, or as it was within the last seconds, if it was larger then. */
  figures(now: Totals): CrowdFigures {
    const told = now.listeners >= this.#highest.listeners ? now : this.#highest;
    const { listeners, hearing } = told;
    const peak = Math.max(this.#peak, listeners);
    return { listeners, hearing, peak, unique: this.#unique.estimate(), parts: partsOf(told) };
  }

  /** How often each reaction was tapped since the room was made, if that changed since it was asked last. @param counted in this life */
  reactions(counted: Reactions): Reactions | undefined {
    const told = addReactions(this.#reactionsBefore, counted);
    const isNews = Object.keys(reactionsSince(this.#reactionsTold, told)).length > 0;
    this.#reactionsTold = told;
    return isNews ? told : undefined;
  }

  /** What would be lost with this root, as text: to be stored from time to time, never on the audio path. */
  memory(): string {
    return JSON.stringify({ peak: this.#peak, unique: this.#unique.text(), reactions: this.#reactionsTold });
  }

  /** What an earlier root remembered; a text that is none changes nothing. To be told before anything is counted. */
  recall(memory: string): void {
    const said = parseObject(memory);
    const reactions = parseReactions(said?.["reactions"]);
    const { peak, unique } = said ?? {};
    if (reactions === undefined || !isCount(peak) || typeof unique !== "string" || !isUnique(unique)) return;
    this.#peak = Math.max(this.#peak, peak);
    this.#unique.hear(unique);
    this.#reactionsBefore = this.#reactionsTold = reactions;
  }
}

/** Totals by region, most listeners first; regions that have few as one. */
export function partsOf(totals: Totals): readonly CrowdPart[] {
  const parts: CrowdPart[] = [];
  let [listeners, hearing] = [0, 0];
  for (const [region, said] of regionsOf(totals)) {
    if (said.listeners >= FEW) parts.push({ region, listeners: said.listeners, hearing: said.hearing });
    else {
      listeners += said.listeners;
      hearing += said.hearing;
    }
  }
  if (listeners > 0) parts.push({ region: "other", listeners, hearing });
  return parts.sort((one, other) => other.listeners - one.listeners);
}
