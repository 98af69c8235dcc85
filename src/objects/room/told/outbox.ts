import { awoken, type Happening, happenings, NOTHING_YET, type Watched } from "../../../core/room/happenings.ts";
import { type Letter, letterOf, MOST_WAITING, triedInVain } from "../../../core/room/outbox.ts";
import type { Room } from "../../../core/room/state.ts";
import type { Alarms } from "../../alarms.ts";
import type { Webhook } from "../../calls/room.ts";
import type { Env } from "../../env.ts";
import { log } from "../../log.ts";
import type { RoomRecord } from "../room-store.ts";
import type { EventFields, Events } from "./events.ts";
import { deliver } from "./webhook.ts";
import { toldByWebhook, waitForWebhooks } from "./webhook-counts.ts";

/** Who is told: the operator of every room, and whom the room's own maker named. */
const ADDRESSEES = ["operator", "maker"] as const;
export type Addressee = (typeof ADDRESSEES)[number];

/** How an addressee is reached now. `network`: what it is sent through, where that is not the runtime's own `fetch`. */
export type Door = Webhook & { readonly network?: Fetcher | undefined };

/** How that addressee of a room is reached. */
export function doorOf(env: Env, { webhook }: Pick<RoomRecord, "webhook">, addressee: Addressee): Door | undefined {
  const { WEBHOOK_URL, WEBHOOK_KEY, ROOM_WEBHOOKS, INTERNET } = env;
  if (addressee === "maker") return ROOM_WEBHOOKS !== "1" || webhook === undefined ? undefined : { ...webhook, network: INTERNET };
  return WEBHOOK_URL === undefined || !URL.canParse(WEBHOOK_URL) ? undefined : { url: WEBHOOK_URL, key: WEBHOOK_KEY };
}

/** What the outbox asks of its room's object. */
export type Desk = {
  /** What every letter says of the room, as it is now. */
  sender(): { readonly room: string; readonly title: string };
  /** Undefined for an addressee whom nobody named. */
  doorOf(addressee: Addressee): Door | undefined;
  /** Keeps the object awake until that work is done. */
  outlive(work: Promise<unknown>): void;
};

/** What is being told is looked at again after so long, in ms, in case the object died over it: longer than one delivery may take. */
const GUARD_MS = 30_000;

/** A letter, and under which key it is kept. */
type Kept = { readonly key: string; readonly letter: Letter };

/**
 * A room's letters to the world: each kept until it was taken or given up, told in order to each addressee by itself, so that one who does not
 * answer keeps nobody else waiting. Told at least once: an object that dies between the answer and its note of it tells again, with the same id.
 */
export class Outbox implements Events {
  readonly #id: string;
  readonly #storage: DurableObjectStorage;
  readonly #alarms: Alarms;
  readonly #desk: Desk;
  readonly #telling = new Set<Addressee>();
  #watched: Watched;

  constructor(state: DurableObjectState, alarms: Alarms, desk: Desk) {
    this.#id = state.id.toString();
    this.#storage = state.storage;
    this.#alarms = alarms;
    this.#desk = desk;
    this.#watched = awoken(state.storage.kv.get<Watched>("watched") ?? NOTHING_YET, Date.now());
    this.#count();
  }

  note(what: Happening, fields: EventFields = {}): void {
    for (const addressee of ADDRESSEES) this.noteFor(addressee, what, fields);
  }

  /** The same for one addressee alone. */
  noteFor(addressee: Addressee, what: Happening, fields: EventFields = {}): void {
    if (this.#desk.doorOf(addressee) === undefined) return;
    const now = Date.now();
    const data = { ...this.#desk.sender(), ...fields };
    // Of a move both rooms tell, whichever of them can: it is one event all the same.
    const id = `evt_${what === "moved" ? `moved_${data.room}_${fields["to"]}` : crypto.randomUUID()}`;
    const body = JSON.stringify({ type: what, id, timestamp: new Date(now).toISOString(), data });
    const waiting = this.#waiting(addressee);
    if (waiting.length >= MOST_WAITING) return this.#giveUp(addressee, id, 0);
    this.#keep(keyAfter(addressee, waiting), letterOf(id, body, now));
    this.#count();
    this.#desk.outlive(this.#alarms.set("webhooks", now + GUARD_MS).then(() => this.#tell()));
  }

  /** Notes what can be seen in the room's people. */
  saw(before: Room, after: Room): void {
    if (before === after || !ADDRESSEES.some((addressee) => this.#desk.doorOf(addressee) !== undefined)) return;
    const { watched, seen } = happenings(this.#watched, before, after, Date.now());
    if (watched !== this.#watched) void this.#storage.put("watched", watched, { allowUnconfirmed: true });
    this.#watched = watched;
    for (const what of seen) this.note(what);
  }

  /** The chore: what is due is told meanwhile, since other chores have their own time to keep. Resolves with when to look again. */
  async ring(): Promise<number | undefined> {
    this.#desk.outlive(this.#tell());
    return Date.now() + GUARD_MS;
  }

  /** Tells what is due, and arranges for the rest. */
  async #tell(): Promise<void> {
    const told = await Promise.all(ADDRESSEES.map((addressee) => this.#tellOne(addressee)));
    if (told.includes(true)) await this.#alarms.set("webhooks", this.#nextDue());
  }

  /** False if he is being told already. */
  async #tellOne(addressee: Addressee): Promise<boolean> {
    if (this.#telling.has(addressee)) return false;
    this.#telling.add(addressee);
    try {
      for (
        let [first] = this.#waiting(addressee);
        first !== undefined && first.letter.dueAt <= Date.now();
        [first] = this.#waiting(addressee)
      ) {
        await this.#tellLetter(addressee, first);
      }
      return true;
    } finally {
      this.#telling.delete(addressee);
    }
  }

  async #tellLetter(addressee: Addressee, { key, letter }: Kept): Promise<void> {
    const door = this.#desk.doorOf(addressee);
    // Whom nobody names any more is told nothing more.
    if (door === undefined) return this.#forget(key);
    const came = await deliver(door, letter.id, letter.body, door.network);
    if (came === "taken") {
      toldByWebhook("taken");
      return this.#forget(key);
    }
    toldByWebhook("not-taken");
    const again = came === "gone" ? undefined : triedInVain(letter, Date.now(), Math.random());
    if (again !== undefined) return this.#keep(key, again);
    this.#giveUp(addressee, letter.id, letter.attempts + 1);
    this.#forget(key);
  }

  #giveUp(addressee: Addressee, id: string, attempts: number): void {
    toldByWebhook("given-up");
    log("webhook-given-up", { room: this.#desk.sender().room, addressee, id, attempts });
  }

  /** When the next is due of whom is not being told just now, ms since 1970; undefined if nothing waits. */
  #nextDue(): number | undefined {
    const due = ADDRESSEES.flatMap((addressee) => {
      if (this.#telling.has(addressee)) return [Date.now() + GUARD_MS];
      return this.#waiting(addressee)
        .slice(0, 1)
        .map(({ letter }) => letter.dueAt);
    });
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** The oldest first. */
  #waiting(addressee: Addressee): readonly Kept[] {
    return [...this.#storage.kv.list<Letter>({ prefix: `letter-${addressee}-` })].map(([key, letter]) => ({ key, letter }));
  }

  /** No sound waits for this write. */
  #keep(key: string, letter: Letter): void {
    void this.#storage.put(key, letter, { allowUnconfirmed: true });
  }

  #forget(key: string): void {
    void this.#storage.delete(key, { allowUnconfirmed: true });
    this.#count();
  }

  #count(): void {
    waitForWebhooks(
      this.#id,
      ADDRESSEES.reduce((sum, addressee) => sum + this.#waiting(addressee).length, 0),
    );
  }
}

/** The key of who comes after all who wait; keys are in the order of their numbers. */
function keyAfter(addressee: Addressee, waiting: readonly Kept[]): string {
  const last = Number(waiting.at(-1)?.key.split("-").at(-1) ?? 0);
  return `letter-${addressee}-${String(last + 1).padStart(12, "0")}`;
}
