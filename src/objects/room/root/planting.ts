import type { Limits } from "../../../core/tree/shape/grow.ts";
import type { Plan } from "../../../core/tree/shape/plan.ts";
import { type Expectation, locked, type Progress, plant, planted, rekeyed } from "../../../core/tree/shape/plant.ts";
import type { Alarms } from "../../alarms.ts";
import { log } from "../../log.ts";
import { makeSecret } from "../../secret.ts";
import type { RoomStore } from "../room-store.ts";
import type { Root } from "./root.ts";

/** A planted room gives a sign of life this often, in ms: objects that hear nothing for a quarter of an hour may be put away. */
const HEARTBEAT_MS = 60_000;
/** Who expects a crowd and never goes live is believed for so long, in ms. */
const PATIENCE_MS = 24 * 3_600_000;
/** A lock that could not be stored is tried again after this, in ms. */
const LOCK_AGAIN_MS = 1_000;

/** Brings plans into force, and keeps a planted room awake until its crowd is there. */
export class Planting {
  readonly #alarms: Alarms;
  readonly #store: RoomStore;
  readonly #root: Root;
  readonly #adopted: (plan: Plan) => void;
  #storing: Promise<void> | undefined;

  /** @param adopted called with every plan that came into force */
  constructor(alarms: Alarms, store: RoomStore, root: Root, adopted: (plan: Plan) => void) {
    this.#alarms = alarms;
    this.#store = store;
    this.#root = root;
    this.#adopted = adopted;
  }

  /** A plan that the tree's growth calls for. What cannot be stored now is called for again in a second. */
  async grow(plan: Plan): Promise<void> {
    if (this.#storing !== undefined) return;
    await this.#change(() => plan).catch((fault: unknown) => log("plan-not-stored", { room: plan.root, why: String(fault) }));
  }

  /** A crowd is expected: its leaves are made and woken at once. Nobody, and nodes may rest again while nobody listens. */
  async expect(expectation: Expectation, limits: Limits): Promise<Progress> {
    this.#root.limits = limits;
    let isCapped = false;
    await this.#change((plan) => {
      const next = plant(plan, expectation, limits);
      isCapped = next.isCapped;
      return next.plan;
    });
    this.#store.saveExpected({ ...expectation, isCapped, since: Date.now(), wasLive: this.#root.isLive });
    if (expectation.listeners > 0) await this.#armHeartbeat();
    log("crowd-expected", { room: this.#root.plan.root, listeners: expectation.listeners, leaves: this.#root.leaves, isCapped });
    return this.progress();
  }

  /** How far the tree is ready for whom it expects. */
  progress(): Progress {
    const expected = this.#store.expected();
    const { leaves, isFull } = this.#root;
    const { ready, listeners } = this.#root.totals();
    const capped = expected?.isCapped ?? false;
    return {
      expected: expected?.listeners ?? 0,
      seats: leaves * this.#root.plan.leafListeners,
      leaves,
      ready,
      listeners,
      capped,
      full: isFull,
    };
  }

  /** Takes over a tree that another room has planted: it is kept awake from here. */
  async inherit(): Promise<void> {
    const { plan, leaves, isLive } = this.#root;
    if (!plan.planted) return;
    const listeners = leaves * plan.leafListeners;
    this.#store.saveExpected({ listeners, shares: {}, isCapped: false, since: Date.now(), wasLive: isLive });
    await this.#armHeartbeat();
  }

  /** The room goes live: from here on the tree stays awake until it is over. */
  live(): void {
    const expected = this.#store.expected();
    if (expected?.wasLive === false) this.#store.saveExpected({ ...expected, wasLive: true });
  }

  /**
   * Makes the room private, or public again, as `isLocked` says when its turn comes: every edge that lets somebody in hears of it with the
   * leaf's answer. What cannot be stored is tried again, since until then the door is not what the room says it is.
   */
  async lock(isLocked: () => boolean): Promise<void> {
    const lock = (plan: Plan): Plan => {
      const isNews = (plan.listenTicket === true) !== isLocked() && !this.#root.isEnded;
      return isNews ? locked(plan, isLocked()) : plan;
    };
    await this.#change(lock).catch((fault: unknown) => {
      log("plan-not-stored", { room: this.#root.plan.root, why: String(fault) });
      setTimeout(() => void this.lock(isLocked), LOCK_AGAIN_MS);
    });
  }

  /** The key to addresses is forgotten, and there is a new one. */
  rekey(): Promise<void> {
    return this.#change((plan) => rekeyed(plan, makeSecret()));
  }

  /** A planted room's minute. @returns when the next one is due, if there is to be one */
  async beat(): Promise<number | undefined> {
    const expected = this.#store.expected();
    if (expected === undefined || !this.#root.plan.planted || this.#root.isEnded) return undefined;
    if (!expected.wasLive && Date.now() - expected.since > PATIENCE_MS) {
      log("crowd-never-came", { room: this.#root.plan.root });
      await this.#change((plan) => planted(plan, false));
      return undefined;
    }
    this.#root.heartbeat();
    return Date.now() + HEARTBEAT_MS;
  }

  /**
   * Stored before anybody is told of it: a root that forgot a plan which nodes live by would plan against them.
   *
   * @param next asked once no other change is on its way; the same plan, and nothing happens
   */
  async #change(next: (plan: Plan) => Plan): Promise<void> {
    while (this.#storing !== undefined) await this.#storing.catch(() => undefined);
    const plan = next(this.#root.plan);
    if (plan === this.#root.plan) return;
    this.#storing = this.#store.savePlan(plan).finally(() => {
      this.#storing = undefined;
    });
    await this.#storing;
    this.#root.adopt(plan);
    this.#adopted(plan);
  }

  #armHeartbeat(): Promise<void> {
    return this.#alarms.set("heartbeat", Date.now() + HEARTBEAT_MS);
  }
}
