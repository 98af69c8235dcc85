import { backoffMs } from "../../core/backoff.ts";
import type { Room as People, RoomEvent } from "../../core/room/state.ts";
import type { Moved } from "../../core/tree/shape/audience.ts";
import { keyless } from "../../core/tree/shape/plan.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { Env } from "../env.ts";
import { unlist } from "../lobby/lobby-client.ts";
import { archiveStub, audienceStub } from "../locate.ts";
import { log } from "../log.ts";
import type { RoomRecord, RoomStore } from "./room-store.ts";
import type { EveningKeeper } from "./root/evening.ts";
import type { Planting } from "./root/planting.ts";
import type { Root } from "./root/root.ts";
import type { Stage } from "./stage/stage.ts";
import type { Announcer } from "./told/announcer.ts";
import type { Outbox } from "./told/outbox.ts";

/** What is not there on time is asked for again after this, in ms, while somebody waits on air; while somebody is only on stage, after ever longer. */
const RETRY_MS = 1_000;
/** A room that wakes asks whether it still feeds its audience, and feeds nobody before it knows; without an answer by then, in ms, it does. */
const DOUBT_MS = 1_000;
/** So often an audience that does not answer is told that its room is over; after that, when the room's object wakes. */
const END_TRIES = 10;
/** While it publishes, a room notes what it is this often, in ms, whether or not anything changed: so a root that was replaced hears of it. */
const NOTE_MS = 10_000;
/** So long, in ms, an instance that has lost its lease lets its sockets say goodbye before it ends. */
const RETIRE_MS = 500;

/** A room's object, once it is a room. */
export type Awake = {
  record: RoomRecord;
  people: People;
  readonly root: Root;
  readonly announcer: Announcer;
  readonly planting: Planting;
  /** What the report of the evening is made of. */
  readonly evening: EveningKeeper;
  /** Where is noted what programs outside may want to hear of. */
  readonly events: Outbox;
};

/**
 * A room's right to feed its audience: claimed at every start, leased while it publishes, doubted when it wakes or a child leaves for another
 * root, and lost for good when another room takes the audience over.
 */
export class Reign {
  readonly #state: DurableObjectState;
  readonly #env: Env;
  readonly #store: RoomStore;
  readonly #stage: Stage;
  readonly #awake: Awake;
  readonly #handle: (event: RoomEvent) => void;
  #starting: Promise<void> | undefined;
  /** Claims that failed since the last that did not. */
  #failed = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #sure: Promise<unknown> | undefined;
  #noting: ReturnType<typeof setInterval> | undefined;

  constructor(state: DurableObjectState, env: Env, store: RoomStore, stage: Stage, awake: Awake, handle: (event: RoomEvent) => void) {
    this.#state = state;
    this.#env = env;
    this.#store = store;
    this.#stage = stage;
    this.#awake = awake;
    this.#handle = handle;
  }

  /** Resolves when nothing is doubtful, or after a second: an audience that does not answer must not silence its room. */
  get sure(): Promise<unknown> {
    return this.#sure ?? Promise.resolve();
  }

  /** The clock starts; the first time in this object's life with an epoch that nobody had before. */
  start(): void {
    if (this.#awake.record.movedTo !== undefined) return;
    this.#noting ??= setInterval(() => void this.#awake.announcer.notes.now(), NOTE_MS);
    if (this.#awake.root.bundle !== undefined) {
      this.#wakeArchive();
      return this.#awake.root.start();
    }
    this.ready();
  }

  /** Claims what `start` would claim, before somebody is on air: a claim takes longer than a first word. */
  ready(): void {
    const { movedTo, ended } = this.#awake.record;
    if (movedTo !== undefined || ended || this.#awake.root.bundle !== undefined) return;
    this.#starting ??= this.#claim()
      .catch((fault: unknown) => {
        log("claim-failed", { room: this.#awake.record.room, why: String(fault) });
        this.#claimAgain();
      })
      .finally(() => {
        this.#starting = undefined;
      });
    this.#state.waitUntil(this.#starting);
  }

  /** The clock stops; the right stays. */
  pause(): void {
    clearInterval(this.#noting ?? null);
    this.#noting = undefined;
    this.#awake.root.stop();
  }

  /**
   * The room is over. The audience is told first, until it has heard: a root that was replaced must not end what is another's by now, and
   * whoever asks later must not find a room that seems to live. Then the tree, and the archive, which may have let go of a quiet room.
   */
  async end(): Promise<void> {
    for (let attempt = 0; attempt < END_TRIES; attempt++) {
      if (attempt > 0) await new Promise((wake) => setTimeout(wake, RETRY_MS * attempt));
      const isHeard = await Promise.race([
        this.#awake.announcer.notes.now(),
        new Promise<false>((late) => setTimeout(late, DOUBT_MS, false)),
      ]);
      if (this.#awake.record.movedTo !== undefined) return;
      if (attempt === 0 || isHeard) this.#awake.root.end();
      if (isHeard) break;
    }
    await this.#wakeArchive();
  }

  /** Takes over the tree of another room, in the epoch that was claimed with it and has begun. */
  takeOver(): void {
    const { root, planting } = this.#awake;
    this.#state.waitUntil(Promise.all([root.takeOver(), planting.inherit()]));
  }

  /**
   * Another root may feed the audience: the audience knows. However many children leave at once, it is asked once.
   *
   * @param told the answer, if the audience is being told something just now
   */
  doubt(told?: Promise<unknown>): void {
    if (this.#sure !== undefined) return;
    const noted = told ?? this.#awake.announcer.notes.now();
    this.#sure = Promise.race([noted, new Promise<void>((late) => setTimeout(late, DOUBT_MS))]).finally(() => {
      this.#sure = undefined;
    });
  }

  /** Another room feeds the audience: this one says so to who is on stage, and never publishes again. */
  lose({ moved, plan, by = moved }: Moved): void {
    if (this.#awake.record.movedTo !== undefined) return;
    this.keep({ movedTo: { moved, plan: keyless(plan) } });
    this.dropKey();
    this.pause();
    this.#awake.root.abdicate(plan);
    this.#awake.announcer.tellMoved(moved);
    this.#handle({ type: "claim-refused" });
    this.#stage.closeAll(ENDING.moved);
    const { room, listed } = this.#awake.record;
    if (listed) this.#state.waitUntil(unlist(this.#env, room));
    // Whoever took it over tells the operator, and of what became of it since; whom this room's own maker named only this room knows.
    this.#awake.events.noteFor("maker", "moved", { to: by });
    log("room-moved", { room, to: by });
  }

  /** This instance may be one that the platform has replaced: it lets go of everybody and ends, and whoever comes back finds the right one. */
  retire(why: string): void {
    this.pause();
    this.#awake.root.abdicate();
    this.#stage.closeAll(ENDING.restarting);
    setTimeout(() => this.#state.abort(why), RETIRE_MS);
  }

  /** The key to addresses is not to outlive the room: it goes from all that is stored here. */
  dropKey(): void {
    const plan = keyless(this.#awake.record.plan);
    this.keep({ plan });
    this.#state.waitUntil(this.#store.savePlan(plan));
  }

  /** Remembers what changed, through sleep and restarts. */
  keep(change: Partial<RoomRecord>): void {
    this.#awake.record = { ...this.#awake.record, ...change };
    this.#store.save(this.#awake.record);
  }

  /** Soon while somebody is on air; while somebody is on stage less and less often; for nobody not at all. */
  #claimAgain(): void {
    const isLive = () => this.#awake.people.phase === "live";
    clearTimeout(this.#again ?? null);
    const waitMs = isLive() ? RETRY_MS : backoffMs(this.#failed++, Math.random(), RETRY_MS);
    this.#again = setTimeout(() => {
      if (isLive()) this.start();
      else if (this.#stage.size > 0) this.ready();
    }, waitMs);
  }

  async #claim(): Promise<void> {
    const { plan, room, chunkMs } = this.#awake.record;
    const claim = await audienceStub(this.#env, plan.audience).claim(room);
    if (claim === undefined) throw new Error("nobody planted the audience");
    if ("moved" in claim) return this.lose(claim);
    this.#failed = 0;
    clearTimeout(this.#again ?? null);
    this.keep({ epoch: claim.epoch });
    this.#awake.root.begin(claim.epoch, chunkMs);
    // What a restart cut off is done again: who is linked already is not dialed.
    if (this.#awake.record.continues !== undefined) {
      this.#state.waitUntil(Promise.all([this.#awake.root.takeOver(), this.#awake.planting.inherit()]));
    }
    this.#awake.announcer.tellRoom();
    if (this.#awake.people.phase !== "live") return;
    this.#awake.root.start();
    this.#wakeArchive();
  }

  /** From here on the archive keeps up by itself; while it does not answer, it is asked again. */
  #wakeArchive(): Promise<void> {
    const { plan, room } = this.#awake.record;
    const woken: Promise<void> = archiveStub(this.#env, plan.audience)
      .wake(plan)
      .catch((fault: unknown) => {
        log("archive-asleep", { room, why: String(fault) });
        setTimeout(() => this.#awake.people.phase === "live" && this.#wakeArchive(), RETRY_MS);
      });
    this.#state.waitUntil(woken);
    return woken;
  }
}
