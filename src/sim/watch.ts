import { relayLevels } from "../core/tree/shape/plan.ts";
import type { Ground } from "./ground.ts";
import type { Host } from "./host.ts";
import { NodeHost } from "./node-host.ts";
import type { RoomHost } from "./room-host.ts";
import type { LinkEnd } from "./socket.ts";

/** A node may be without a parent for so long, in ms. */
const ORPHAN_MS = 5_000;
/** A second link above is let go of within this, in ms. */
const TWICE_MS = 10_000;
/** After the last change counts may be wrong for so long, in ms: a report a second at each level, and a fall is believed after 5 s (peak.ts). */
const CONVERGE_MS = 5_000;
/** From then on so much of the count may be wrong: one of many leaves that change parents. */
const MOST_WRONG = 0.001;
/** A child that has left a half-open link is counted there until three reports are missing (tally.ts), in ms. */
const SILENT_COUNT_MS = 52_000;
/** After the last fault everybody is live within this, in ms. */
const RECOVERY_MS = 30_000;
/** Who has a connection hears something at least this often while the host speaks, in ms: a stride of 20 is 2 s, and a new parent is found in 5. */
const SILENT_MS = 7_000;
/** Who is live has heard something within this, in ms, while somebody speaks. */
const FRESH_MS = 3_000;
/** No tree is deeper (core/tree/shape/plan.ts): whoever climbs longer goes round. */
const MOST_HOPS = 26;
/** Links below a root that the plan's fan-out does not count: an archive, and children that change parents. */
const SPARE_LINKS = 4;

/** What the watch must be told of the world. */
export type Scene = {
  readonly nodes: () => Iterable<NodeHost>;
  readonly room: () => RoomHost;
  readonly present: () => number;
  readonly seated: () => number;
  /** Who hears the cached lane. */
  readonly inLane: () => number;
  /** When listeners last came, left or were dropped, in ms. */
  readonly lastChange: () => number;
  /** When something last broke, or was still broken, in ms. */
  readonly lastFault: () => number;
  /** When a link last fell silent without being closed, in ms; −∞ if none did. */
  readonly lastSilence: () => number;
};

/** Who has looked around within this, in ms, need not be looked at: he does so whenever he reports, about once a second while people come. */
const LOOKED_MS = 1_500;

/**
 * Looks at nodes after every event of theirs; at the whole of them, and up the tree, when they report, and within two and a half seconds at the
 * latest; at the root and its relays four times a second.
 */
export class Watch {
  readonly #ground: Ground;
  readonly #scene: Scene;

  constructor(ground: Ground, scene: Scene) {
    this.#ground = ground;
    this.#scene = scene;
  }

  /** After an event at `node`. */
  node(node: NodeHost): void {
    const { mind } = node;
    if (mind === undefined) return;
    const { invariants, clock } = this.#ground;
    const { seen } = node;
    const revision = mind.plan?.revision ?? 0;
    const { epoch } = mind.down;
    if (seen.life !== node.life) {
      seen.life = node.life;
      seen.epoch = epoch;
      seen.revision = revision;
      seen.orphanSince = undefined;
      seen.twiceSince = undefined;
    }
    if (epoch < seen.epoch) invariants.break("epoch", () => `${node.name}: ${epoch} after ${seen.epoch}`);
    if (revision < seen.revision) invariants.break("plan", () => `${node.name}: ${revision} after ${seen.revision}`);
    seen.epoch = epoch;
    seen.revision = revision;
    if (mind.plan === undefined) return;
    const most = node.below === "listeners" ? mind.plan.leafListeners : 2 * mind.plan.fanOut + SPARE_LINKS;
    const size = node.below === "listeners" ? node.seats : mind.down.size;
    if (size > most) invariants.break("children", () => `${node.name}: ${size} below, ${most} allowed`);
    if (isFed(node) || mind.idle) seen.orphanSince = undefined;
    else seen.orphanSince ??= clock.now;
    if (node.uplinks.length < 2) seen.twiceSince = undefined;
    else seen.twiceSince ??= clock.now;
  }

  /** These, all of them. */
  nodes(nodes: Iterable<NodeHost>): void {
    for (const node of nodes) {
      node.catchUp();
      this.whole(node);
    }
  }

  /** Those of these who have not looked around lately. */
  leaves(leaves: Iterable<NodeHost>): void {
    const { now } = this.#ground.clock;
    for (const leaf of leaves) {
      if (now - leaf.seen.wholeAt <= LOOKED_MS) continue;
      leaf.catchUp();
      this.whole(leaf);
    }
  }

  /** A node, which has lived through all that came: itself and what is above it. */
  whole(node: NodeHost): void {
    const { invariants, clock } = this.#ground;
    const room = this.#scene.room();
    this.node(node);
    node.seen.wholeAt = clock.now;
    const since = node.seen.orphanSince;
    const twiceMs = clock.now - (node.seen.twiceSince ?? clock.now);
    if (twiceMs > TWICE_MS && node.mind !== undefined)
      invariants.break("twice", () => `${node.name}: ${node.uplinks.length} links above for ${Math.round(twiceMs)} ms`);
    const canBeFed = clock.now - this.#scene.lastFault() > ORPHAN_MS && room.isUp && !this.#cannotKnow(node);
    if (since !== undefined && node.mind !== undefined && clock.now - since > ORPHAN_MS && canBeFed) {
      invariants.break("orphan", () => `${node.name}: ${node.seats} listeners without a parent for ${Math.round(clock.now - since)} ms`);
    }
    this.#climb(node);
    if (canBeFed && room.isLive && clock.now - room.liveSince > SILENT_MS) this.#listen(node);
  }

  /** The root, and what it counts. */
  root(): void {
    const { invariants } = this.#ground;
    const room = this.#scene.room();
    const plan = room.mind?.down === undefined ? undefined : room.plan;
    if (plan !== undefined && room.mind !== undefined) {
      const { size } = room.mind.down;
      const most = Math.max(2 * plan.fanOut, Object.keys(plan.regions).length) + SPARE_LINKS;
      if (size > most) invariants.break("children", () => `${room.name}: ${size} below, ${most} allowed at ${relayLevels(plan)} levels`);
    }
    this.#count(room);
  }

  /** Once all are looked at: who is present is seated, and hears, if the last fault is long enough ago. */
  all(): void {
    const { invariants, clock } = this.#ground;
    if (clock.now - this.#scene.lastFault() <= RECOVERY_MS || clock.now - this.#scene.lastChange() <= FRESH_MS) return;
    const room = this.#scene.room();
    // Only where the operator allows no more leaves is the cached lane a place to stay.
    const inLane = room.mind?.isFull === true ? this.#scene.inLane() : 0;
    const away = this.#scene.present() - this.#scene.seated() - inLane;
    if (away > 0) invariants.break("recovery", () => `${away} listeners have no socket`);
    if (!room.isLive) return;
    for (const node of this.#scene.nodes()) {
      if (this.#cannotKnow(node)) continue;
      for (const ear of node.ears) {
        if (clock.now - ear.heardAt > FRESH_MS) node.catchUp();
        const silentMs = clock.now - ear.heardAt;
        if (silentMs > FRESH_MS && !ear.isSlow)
          invariants.break("recovery", () => `${node.name}: ${ear.size} hear nothing for ${Math.round(silentMs)} ms`);
      }
    }
  }

  /**
   * True of a node that knows of no sound: while the room is quiet no silence tells it that its link is broken. Its parent dials it anew when
   * it does not report.
   */
  #cannotKnow(node: NodeHost): boolean {
    return node.mind?.down.flows === false && this.#ground.clock.now - this.#scene.lastSilence() < SILENT_COUNT_MS;
  }

  /** Whoever has a connection hears something now and then. */
  #listen(node: NodeHost): void {
    const { invariants, clock } = this.#ground;
    for (const ear of node.ears) {
      const silentMs = clock.now - ear.heardAt;
      if (silentMs > SILENT_MS && ear.isSteady)
        invariants.break("silence", () => `${node.name}: ${ear.size} hear nothing for ${Math.round(silentMs)} ms`);
    }
  }

  #count(room: RoomHost): void {
    const { invariants, clock } = this.#ground;
    const counted = room.mind?.listeners;
    const seated = this.#scene.seated();
    const since = Math.max(this.#scene.lastChange(), this.#scene.lastFault());
    if (clock.now - since < CONVERGE_MS || clock.now - this.#scene.lastSilence() < SILENT_COUNT_MS) return;
    if (counted === undefined || Math.abs(counted - seated) <= MOST_WRONG * seated) return;
    invariants.break("counts", () => `${room.name} counts ${counted}, ${seated} are there`);
  }

  /** From a node upward along the links that feed it: to the root, and never past a node twice. */
  #climb(node: NodeHost): void {
    let hops = 0;
    for (let at: Host | undefined = node; at !== undefined; at = feederOf(at)) {
      if (++hops > MOST_HOPS) return this.#ground.invariants.break("cycle", () => `${node.name} feeds itself`);
    }
  }
}

function isFed(node: NodeHost): boolean {
  for (const link of node.uplinks) if (feeds(link)) return true;
  return false;
}

/** True while what the other side sends can arrive. */
function feeds(link: LinkEnd): boolean {
  return link.isOpen && !link.isSilent && link.peer?.isOpen === true;
}

function feederOf(at: Host): Host | undefined {
  if (!(at instanceof NodeHost)) return undefined;
  for (const link of at.uplinks) if (feeds(link)) return link.peer?.host;
  return undefined;
}
