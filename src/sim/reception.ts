import type { Position } from "../core/audio/position.ts";
import type { NodeEffect } from "../core/tree/node-effect.ts";
import type { Joiner } from "./calls.ts";
import type { Ear, Hearing } from "./ear.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";
import { Seating } from "./seating.ts";
import type { Socket } from "./socket.ts";

/** A listener's own close comes back after so long, in ms. Assumed. */
const HANG_UP_MS = 50;
/** Of those who sit at a leaf so many hear, as a share. Assumed. */
const HEARING = 0.9;

/** What a reception needs of its leaf. */
export type Behind = {
  mind(): NodeMind | undefined;
  perform(effects: readonly NodeEffect<Socket>[]): void;
  settle(): void;
};

/** Who sits at a leaf, in one life of it: has the mind greet whom the door lets in, and leads him to those with whom he is one. */
export class Reception {
  readonly #leaf: Host;
  readonly #hearing: Hearing;
  readonly #behind: Behind;
  readonly #seating: Seating;

  constructor(leaf: Host, hearing: Hearing, behind: Behind) {
    this.#leaf = leaf;
    this.#hearing = hearing;
    this.#behind = behind;
    this.#seating = new Seating(leaf, hearing);
  }

  /** Listeners who sit here. */
  get size(): number {
    return this.#seating.size;
  }

  /** Those of them whose player says that sound comes out. */
  get hearing(): number {
    return Math.floor(this.#seating.size * HEARING);
  }

  get ears(): ReadonlySet<Ear> {
    return this.#seating.ears;
  }

  /** A seat is kept for one who was let in. */
  reserve(): void {
    this.#seating.reserve();
  }

  /** After anything was sent: who can be one with others becomes so. */
  gather(mind: NodeMind): void {
    this.#seating.gather(mind);
  }

  /** One of the steady listeners leaves. False if there is none. */
  loseOne(mind: NodeMind, random: number): boolean {
    return this.#seating.loseOne(mind, random);
  }

  /** The leaf is dead. */
  drop(): void {
    this.#seating.drop();
  }

  /** Takes the seat that was kept for him, and is greeted: by the mind, or as another was to whom it said the same (greetings.ts). */
  sit(joiner: Joiner, mind: NodeMind): void {
    const leaf = this.#leaf;
    const { greetings } = this.#hearing;
    leaf.server.charge(leaf.ground.costs.joinMs);
    const random = leaf.ground.luck.minds();
    const from = joiner.epoch === 0 ? undefined : { epoch: joiner.epoch, sequence: joiner.sequence };
    const alike = greetings.alike(joiner, from, mind, leaf.local);
    const mate = alike === undefined ? undefined : this.#seating.mateAt(alike.through, mind);
    if (alike === undefined || mate === undefined) this.#greet(joiner, from, mind, random);
    else {
      mind.meet(random);
      greetings.repeat(alike, joiner, leaf);
      mate.seat(joiner);
    }
    this.#behind.settle();
  }

  /** A listener was closed; his own close comes back as an event. */
  sentAway(ear: Ear): void {
    this.#leaf.later(HANG_UP_MS, () => {
      if (!this.#seating.leave(ear)) return;
      this.#behind.mind()?.leave(ear);
      this.#behind.settle();
    });
  }

  #greet(joiner: Joiner, from: Position | undefined, mind: NodeMind, random: number): void {
    const { greetings } = this.#hearing;
    const { measures } = this.#leaf.ground;
    const ear = this.#seating.sit(joiner);
    joiner.watcher?.seated(() => this.sentAway(ear));
    greetings.begin(measures);
    this.#behind.perform(mind.join(ear, from, this.#leaf.local, random));
    greetings.learn(from, ear, measures);
    this.#seating.seat(ear, mind);
  }
}
