import { replayMs } from "../../core/audio/recording.ts";
import { ADDRESS_MS } from "../../core/room/bans.ts";
import { keepMsOf } from "../../core/room/recording.ts";
import type { RoomEvent } from "../../core/room/state.ts";
import { askAgainAt, IDLE, idleAt, noteEveryMs } from "../../core/room/upkeep.ts";
import type { Alarms, Chore } from "../alarms.ts";
import type { Env } from "../env.ts";
import { register, strike } from "../lobby/register-client.ts";
import { archiveStub } from "../locate.ts";
import { log } from "../log.ts";
import type { Awake } from "./reign.ts";
import type { RoomRecord, RoomStore } from "./room-store.ts";

/** A room that nobody seems to use is looked at once more after so long, in ms: who waits on leaves is heard of soon after the room woke. */
const DOUBT_MS = 60_000;

/** While a room is used its key to addresses is not changed, though it is a day old: that is looked at again after so long, in ms. */
const REKEY_AGAIN_MS = 10 * 60_000;

/** An archive is first asked so long after the room's end whether it has all that was recorded, in ms. */
const READY_MS = 1_000;

/** What an archive is to delete is gone so long after, in ms; where it is not, it is asked again after so long. */
const GONE_MS = 60_000;
const GONE_AGAIN_MS = 10 * 60_000;

/** What upkeep asks of its room, and tells it. */
export type Household = {
  /** Somebody is on stage or listens. */
  isUsed(): boolean;
  handle(event: RoomEvent): void;
};

/** What is done for a room whoever is there: its entry in the operator's register, the day of its key to addresses, its end if nobody uses it. */
export class Upkeep {
  readonly #env: Env;
  readonly #alarms: Alarms;
  readonly #store: RoomStore;
  readonly #awake: Awake;
  readonly #household: Household;
  readonly #idleMs: number;
  #notedAt = Number.NEGATIVE_INFINITY;
  #isDoubted = false;
  #readyTries = 0;

  /** @param idleMs how long nobody may use the room before it ends; 0 for ever */
  constructor(env: Env, alarms: Alarms, store: RoomStore, awake: Awake, idleMs: number, household: Household) {
    this.#env = env;
    this.#alarms = alarms;
    this.#store = store;
    this.#awake = awake;
    this.#household = household;
    this.#idleMs = idleMs;
  }

  /** To be called once after the room's object has woken or the room was made: what is not arranged for yet is. */
  async wake(): Promise<void> {
    const { record } = this.#awake;
    if (isGone(record)) return;
    if (this.#store.isRegistered !== true) await this.#alarms.set("register", Date.now());
    if (this.#alarms.at("address-key") === undefined) await this.#alarms.set("address-key", Date.now() + ADDRESS_MS);
    if (this.#alarms.at("idle") === undefined) await this.#alarms.set("idle", idleAt(Date.now(), this.#idleMs));
  }

  /** Somebody is on stage or listens just now; as often as it happens, it is written down seldom. */
  used(): void {
    const now = Date.now();
    if (this.#idleMs === 0 || now - this.#notedAt < noteEveryMs(this.#idleMs)) return;
    this.#notedAt = now;
    this.#store.saveUsedAt(now);
  }

  /** What the operator's register says of the room is not right any more. */
  async changed(): Promise<void> {
    await this.#alarms.set("register", Date.now());
  }

  /** The room is over, or feeds its audience no more: nothing is left to be looked after, but that the register hears of it. */
  async gone(): Promise<void> {
    for (const chore of ["doors", "plant", "heartbeat", "address-key", "idle"] as const) await this.#alarms.set(chore, undefined);
    const { record, people } = this.#awake;
    await this.#awake.evening.over(keepMsOf(people));
    if (record.ended && people.recording?.any === true) await this.#alarms.set("recording-ready", Date.now() + READY_MS);
    await this.changed();
  }

  /** By name, what is done when it is due; each tells when it wants to be done next. */
  readonly chores: Readonly<
    Record<Exclude<Chore, "heartbeat" | "webhooks" | "doors" | "plant" | "evening">, () => Promise<number | undefined>>
  > = {
    "address-key": () => this.#rekey(),
    idle: () => this.#look(),
    register: () => this.#register(),
    "recording-ready": () => this.#recordingReady(),
    recording: () => this.#recordingGone(),
  };

  /** What is kept of a room that is over goes then, in ms since 1970. */
  async keptUntil(at: number | undefined): Promise<void> {
    await this.#alarms.set("recording", at);
  }

  /**
   * The archive has deleted it by itself: the public hears that there is nothing any more. It has the last word: what a room before this one
   * recorded is kept for as long as its host said.
   */
  async #recordingGone(): Promise<number | undefined> {
    const { audience, segments } = this.#awake.record.plan;
    const kept = segments === undefined ? undefined : await archiveStub(this.#env, audience).recording(segments);
    if (kept !== undefined) return goneBy(kept.keptUntil);
    this.#household.handle({ type: "recording-deleted" });
    await this.#awake.announcer.notes.now();
    return undefined;
  }

  async #rekey(): Promise<number | undefined> {
    const { record, people } = this.#awake;
    const now = Date.now();
    if (isGone(record)) return undefined;
    const { addressesSince } = people;
    // While somebody is banned by where he comes from, the key lives as long as that does, and goes with it. Else it outlives the evening: who
    // is here now came by the old one, and could not be banned by where he came from.
    if (addressesSince === undefined && this.#household.isUsed()) return now + REKEY_AGAIN_MS;
    if (addressesSince === undefined) this.#household.handle({ type: "key-is-old" });
    else if (addressesSince + ADDRESS_MS > now) return addressesSince + ADDRESS_MS;
    else this.#household.handle({ type: "time" });
    return now + ADDRESS_MS;
  }

  async #look(): Promise<number | undefined> {
    const { record } = this.#awake;
    const now = Date.now();
    if (isGone(record) || this.#idleMs === 0) return undefined;
    if (this.#household.isUsed()) this.#store.saveUsedAt(now);
    // A room that is announced is waited for, however far away its evening is.
    const usedAt = this.#store.usedAt ?? Date.parse(record.createdAt);
    const at = idleAt(Math.max(usedAt, this.#awake.people.doors?.opensAt ?? 0), this.#idleMs);
    if (at === undefined || at > now) return at;
    if (!this.#isDoubted) {
      this.#isDoubted = true;
      return now + Math.min(DOUBT_MS, this.#idleMs);
    }
    log("room-unused", { room: record.room });
    this.#household.handle({ type: "closed", over: IDLE });
    return undefined;
  }

  /** The archive has the last word of a recording: it is whole once that knows that the room is over, and has stored it all. */
  async #recordingReady(): Promise<number | undefined> {
    const { audience, segments } = this.#awake.record.plan;
    if (!this.#awake.record.ended || segments === undefined) return undefined;
    const archive = archiveStub(this.#env, audience);
    // Asked first: what is stored between the two questions is told of.
    const owes = await archive.owes(segments);
    const kept = await archive.recording(segments);
    if (kept === undefined && !owes) return undefined;
    if (kept?.ended !== true || owes) {
      // What is kept has its time from the room's end: the archive must hear of that, also where it has let go of a quiet room.
      if (kept?.ended !== true) await archive.wake(this.#awake.record.plan);
      return askAgainAt(Date.now(), ++this.#readyTries);
    }
    const { recording, keptUntil } = kept;
    await this.keptUntil(goneBy(keptUntil));
    const until = keptUntil === undefined ? {} : { keptUntil: new Date(keptUntil).toISOString() };
    this.#awake.events.note("recording-ready", { durationMs: replayMs(recording), ...until });
    return undefined;
  }

  async #register(): Promise<undefined> {
    const { record, people } = this.#awake;
    const { room, listed, createdAt } = record;
    if (isGone(record)) await strike(this.#env, room);
    else await register(this.#env, { room, title: people.title, listed, createdAt });
    this.#store.isRegistered = !isGone(record);
  }
}

/** When an archive is asked whether it has deleted what it keeps until then, in ms since 1970. */
function goneBy(keptUntil: number | undefined): number {
  const now = Date.now();
  return keptUntil !== undefined && keptUntil > now ? keptUntil + GONE_MS : now + GONE_AGAIN_MS;
}

function isGone({ ended, movedTo }: RoomRecord): boolean {
  return ended || movedTo !== undefined;
}
