import type { RootEffect } from "../core/tree/root.ts";
import type { Plan } from "../core/tree/shape/plan.ts";
import { type Expectation, type Progress, plant } from "../core/tree/shape/plant.ts";
import type { Host } from "./host.ts";
import type { RootMind } from "./minds.ts";
import type { Socket } from "./socket.ts";

const HEARTBEAT_MS = 60_000;
/** A plan is on disk after so long, in ms. Assumed. */
const STORE_MS = 20;

/** Whose tree it is. */
export type Planted = {
  /** The root's mind, while the object is in memory. */
  readonly mind: RootMind | undefined;
  perform(effects: readonly RootEffect<Socket>[]): void;
  /** The plan is stored. */
  stored(plan: Plan): void;
};

/** The tree grows, or is made for a crowd before it comes; does what objects/room/root/planting.ts does. */
export class Planting {
  readonly #host: Host;
  readonly #room: Planted;
  /** In which life of the object a plan is being stored. */
  #storingIn: number | undefined;
  /** Stored, and outlives every death. */
  #expected = { listeners: 0, isCapped: false };

  constructor(host: Host, room: Planted) {
    this.#host = host;
    this.#room = room;
  }

  /** A crowd is expected: its leaves are made and woken at once. */
  expect(mind: RootMind, expectation: Expectation): void {
    const { plan, isCapped } = plant(mind.plan, expectation, mind.limits);
    this.#expected = { listeners: expectation.listeners, isCapped };
    this.grow(plan);
    this.#host.later(HEARTBEAT_MS, () => this.#beat());
  }

  /** How far the tree is ready for whom it expects. */
  progress(mind: RootMind): Progress {
    const { leaves, isFull, plan } = mind;
    const { ready, listeners } = mind.totals();
    const { listeners: expected, isCapped: capped } = this.#expected;
    return { expected, seats: leaves * plan.leafListeners, leaves, ready, listeners, capped, full: isFull };
  }

  /** Stored before anybody is told of it. */
  grow(plan: Plan): void {
    const { life } = this.#host;
    if (this.#storingIn === life) return;
    this.#storingIn = life;
    this.#host.later(STORE_MS, () => {
      this.#storingIn = undefined;
      this.#room.stored(plan);
    });
  }

  #beat(): void {
    const { mind } = this.#room;
    if (mind === undefined || !mind.plan.planted || mind.down.ended) return;
    this.#room.perform(mind.heartbeat());
    this.#host.later(HEARTBEAT_MS, () => this.#beat());
  }
}
