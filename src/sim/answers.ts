import { REACTIONS } from "../core/tree/people/reactions.ts";
import type { World } from "./world.ts";

/** After the last tap of a calm evening all has come up within this, in ms: a report a second at each level. */
const CALM_MS = 5_000;
/** Of the taps of an evening with faults so much may be wrong, and those of a few leaves: a report that was on its way when a node died. */
const MOST_WRONG = 0.001;
const CROSSING = 200;
/** Of those who listen and hear so much may be wrong after that: one of many leaves that change parents. */
const MOST_MOVING = 0.001;
/** Reports that the root may get in one second of such an evening. */
const REPORTS = 50;

/**
 * What everybody does besides listening: each taps once a second, and some ask. Watches that it is counted: exactly where nothing broke,
 * nearly so where something did.
 */
export class Answers {
  readonly #world: World;
  #share = 0;
  #isOn = false;
  #lost = 0;
  #checkedAt = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** From now on. @param share of all listeners who ask, each second */
  begin(share: number): void {
    this.#share = share;
    this.#isOn = true;
    this.#world.measures.mostReports = 0;
    this.#second(0);
  }

  /** Nobody taps any more. */
  end(): void {
    this.#isOn = false;
    this.#world.at(this.#world.now + CALM_MS, () => this.#check());
  }

  #second(turn: number): void {
    const world = this.#world;
    if (!this.#isOn) return;
    const reaction = REACTIONS[turn % REACTIONS.length] ?? "clap";
    for (const leaf of world.awake("listeners")) leaf.answered(reaction, this.#share);
    world.at(world.now + 1_000, () => this.#second(turn + 1));
  }

  #check(): void {
    const { measures, invariants, crowd, room, nodes, lastFault } = this.#world;
    const { taps, tapsCounted, mostReports } = measures;
    const lost = taps - tapsCounted;
    const isCalm = lastFault < this.#checkedAt;
    if (isCalm ? lost !== this.#lost : Math.abs(lost) > taps * MOST_WRONG + CROSSING) {
      invariants.break("answers", () => `${taps} taps, ${tapsCounted} are counted; ${this.#lost} were missing before`);
    }
    const figures = room.mind?.figures();
    const hearing = nodes.reduce((sum, node) => sum + node.hearing, 0);
    const wrong = Math.max(Math.abs((figures?.listeners ?? 0) - crowd.seated), Math.abs((figures?.hearing ?? 0) - hearing));
    if (wrong > crowd.seated * MOST_MOVING) {
      const told = `${figures?.listeners} listen and ${figures?.hearing} hear`;
      invariants.break("answers", () => `the root says that ${told}; ${crowd.seated} and ${hearing} do`);
    }
    if (mostReports > REPORTS) invariants.break("answers", () => `the root got ${mostReports} reports in a second`);
    this.#lost = lost;
    this.#checkedAt = this.#world.now;
  }
}
