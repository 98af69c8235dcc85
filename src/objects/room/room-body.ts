import { decide, nextDueMs, quietAfterMs } from "../../core/room/decide.ts";
import { MOST_HANDS } from "../../core/room/hands.ts";
import { keptUntil } from "../../core/room/recording.ts";
import { type Refusal, refusal } from "../../core/room/refusals.ts";
import type { Room, RoomEffect, RoomEvent } from "../../core/room/state.ts";
import type { Deed } from "../../core/room/verbs.ts";
import { type Ask, keyOf } from "../../core/tree/people/asks.ts";
import { unreachable } from "../../core/unreachable.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { Bearer, Done, Refused } from "../calls/room.ts";
import type { Env } from "../env.ts";
import { list, unlist } from "../lobby/lobby-client.ts";
import { log } from "../log.ts";
import type { Doors } from "./doors.ts";
import type { Awake, Reign } from "./reign.ts";
import type { RoomStore } from "./room-store.ts";
import type { FastPath } from "./stage/fast-path.ts";
import type { Seat, Stage } from "./stage/stage.ts";
import { TicketGiving } from "./ticket-giving.ts";
import { listingOf } from "./told/announced.ts";
import type { Upkeep } from "./upkeep.ts";

/** Of the host's line it is enough to know once in so long, in ms, that it says anything. */
const HEARD_MS = 1_000;

/** What comes later than this, in ms, is left to the room's upkeep, which has an alarm: a timer would keep the object awake until then. */
const LONG_MS = 15 * 60_000;

/** Hands taken within a second, as many as can wait: each is answered by a text to every node, whoever plays with his. */
const RAISES_PER_SECOND = MOST_HANDS;

/** What came of a verb: a *no*, or a listener's ticket to be signed. */
type Outcome = { refusal?: Refusal; listener?: string };

/** What the room's object has to act with. */
type Limbs = {
  readonly store: RoomStore;
  readonly stage: Stage;
  readonly fastPath: FastPath;
  readonly upkeep: Upkeep;
  readonly doors: Doors;
};

/** A live room in the lobby says every minute, in ms, that it still is, and how many listen. */
const LISTED_MS = 60_000;

/** The body of a room's people: events in, effects done, timers kept. Decides nothing, and has no `if` about roles. */
export class RoomBody {
  readonly #state: DurableObjectState;
  readonly #env: Env;
  readonly #store: RoomStore;
  readonly #stage: Stage;
  readonly #fastPath: FastPath;
  readonly #awake: Awake;
  readonly #tickets: TicketGiving;
  readonly #upkeep: Upkeep;
  readonly #doors: Doors;
  readonly #reign: () => Reign;
  #raises = { since: 0, count: 0 };
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #listing: ReturnType<typeof setInterval> | undefined;
  #due: { readonly at: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(state: DurableObjectState, env: Env, { store, stage, fastPath, upkeep, doors }: Limbs, awake: Awake, reign: () => Reign) {
    this.#state = state;
    this.#env = env;
    this.#store = store;
    this.#stage = stage;
    this.#fastPath = fastPath;
    this.#awake = awake;
    this.#tickets = new TicketGiving(stage, awake);
    this.#upkeep = upkeep;
    this.#doors = doors;
    this.#reign = reign;
  }

  /** @param first done before the effects: who comes is welcomed before he hears of anything else */
  handle(event: RoomEvent, first?: () => void): Outcome {
    const before = this.#awake.people;
    const { room, effects } = decide(before, event, Date.now());
    this.#awake.people = room;
    const outcome: Outcome = {};
    first?.();
    for (const effect of effects) this.#perform(effect, outcome);
    this.#follow(before, room);
    this.#awake.events.saw(before, room);
    this.#watchSilence();
    this.#watchTime();
    return outcome;
  }

  /** Somebody asks for something on his line, and is told there if it is a *no*. */
  asked(seat: Seat, deed: Deed): void {
    const { refusal, listener } = this.handle({ type: "asked", by: seat.session, as: seat.role, deed });
    if (refusal !== undefined) this.#stage.refuse(seat.socket, refusal.code, Date.now(), refusal.says);
    if (listener === undefined) return;
    this.#outlive(this.#tickets.giveListener(seat.session, listener));
  }

  /** The same by HTTP. */
  async ask({ session, role }: Bearer, deed: Deed): Promise<Done | Refused> {
    const { refusal, listener } = this.handle({ type: "asked", by: session, as: role, deed });
    if (refusal !== undefined) return { refused: refusal };
    return listener === undefined ? { done: true } : { done: true, ticket: await this.#tickets.listener(listener) };
  }

  /** What listeners want, as it comes up the tree: each once. */
  listenersAsked(asks: readonly Ask[]): void {
    for (const one of asks) {
      const { kind, id, session, name, text } = one;
      const ask = keyOf(one);
      switch (kind) {
        case "hand":
          if (this.#takesHand()) this.handle({ type: "hand", session, name, raised: true, ask });
          break;
        case "lower":
          this.handle({ type: "hand", session, name, raised: false, ask });
          break;
        case "question":
          this.handle({ type: "question", id, session, name, text, ask });
          break;
        case "address":
          this.handle({ type: "address", session, address: text });
          break;
        default:
          unreachable(kind);
      }
    }
  }

  #takesHand(): boolean {
    const now = Date.now();
    if (now - this.#raises.since >= 1_000) this.#raises = { since: now, count: 0 };
    return ++this.#raises.count <= RAISES_PER_SECOND;
  }

  /** A line says something; the host's is watched. */
  heard({ session, connection }: Seat): void {
    const { host, speakers } = this.#awake.people;
    if (Date.now() - host.heardAt < HEARD_MS && host.presence === "here") return;
    const speaker = speakers.get(session);
    if (speaker?.role === "host" && speaker.connection === connection) this.handle({ type: "line-heard", session });
  }

  #perform(effect: RoomEffect, outcome: Outcome): void {
    const { announcer, root, planting, evening, people } = this.#awake;
    switch (effect.do) {
      case "save":
        return this.#store.savePeople(people);
      case "close":
        return this.#stage.close(effect.connection, ENDING[effect.ending]);
      case "silence":
        this.#fastPath.silence(effect.voice);
        return root.bundle?.silence(effect.voice);
      case "start-clock":
        planting.live();
        evening.watch();
        return this.#reign().start();
      case "ready-clock":
        return this.#reign().ready();
      case "stop-clock":
        return this.#reign().pause();
      case "tell-room":
        announcer.tellRoom();
        return;
      case "tell-stage":
        return announcer.tellStage();
      case "tell-pinned":
        return announcer.tellPinned();
      case "tell-hands":
        return announcer.tellHands();
      case "tell-questions":
        return announcer.tellQuestions();
      case "tell-people":
        return announcer.tellPeople();
      case "tell-recording":
        return announcer.tellRecording();
      case "tell-schedule":
        return announcer.tellSchedule();
      case "opened":
        // Written in the same turn as that they are open: neither is ever kept without the other.
        this.#awake.events.note("opened");
        log("doors-opened", { room: people.id });
        return;
      case "tell-bans":
        return announcer.tellBans();
      case "whisper":
        return this.#outlive(this.#tickets.whisper(effect));
      case "new-ticket":
        return this.#outlive(this.#tickets.renew(effect));
      case "listener-ticket":
        outcome.listener = effect.name;
        return;
      case "caption": {
        const refused = announcer.captions.say(effect, root.bundle === undefined ? undefined : root.roomTime);
        if (refused !== undefined) outcome.refusal = refusal(refused);
        return;
      }
      case "dismiss":
        return root.dismiss(effect.session, effect.address);
      case "lock-audience":
        return this.#outlive(planting.lock(() => this.#awake.people.locked));
      case "forget-addresses":
        return this.#outlive(planting.rekey());
      case "refuse":
        outcome.refusal = effect.refusal;
        return;
      case "end":
        return this.#end();
      default:
        return unreachable(effect);
    }
  }

  #outlive(work: Promise<unknown>): void {
    const { room } = this.#awake.record;
    this.#state.waitUntil(work.catch((fault: unknown) => log("effect-failed", { room, why: String(fault) })));
  }

  /** What others keep of the room follows what it has become. */
  #follow(before: Room, after: Room): void {
    if (before.doors !== after.doors) {
      // That the doors have opened must not be forgotten: they would open once more.
      this.#store.savePeopleSurely(after);
      this.#doors.arrange();
      this.#awake.announcer.notes.bequeath();
      this.#outlive(this.#awake.announcer.notes.now());
    }
    if (before.title !== after.title) this.#outlive(this.#upkeep.changed());
    if (after.phase === "ended") return clearInterval(this.#listing ?? null);
    const isShownAnew =
      before.title !== after.title || before.locked !== after.locked || before.phase !== after.phase || before.doors !== after.doors;
    if (isShownAnew) this.#show();
  }

  /** In the lobby stands what asked to be there, as it is now, while anybody may come in. */
  #show(): void {
    clearInterval(this.#listing ?? null);
    const { record, people, root } = this.#awake;
    if (!record.listed || record.movedTo !== undefined) return;
    if (people.locked) return this.#outlive(unlist(this.#env, record.room));
    if (people.phase === "live") this.#listing = setInterval(() => this.#show(), LISTED_MS);
    this.#outlive(list(this.#env, listingOf(record, people, root.listeners)));
  }

  #end(): void {
    const reign = this.#reign();
    reign.keep({ ended: true });
    reign.dropKey();
    this.#awake.root.stop();
    this.#stage.closeAll(ENDING.ended);
    const until = keptUntil(this.#awake.people, Date.now());
    this.#outlive(Promise.all([reign.end(), this.#upkeep.gone(), this.#upkeep.keptUntil(until)]));
    const { room, listed } = this.#awake.record;
    if (listed) this.#state.waitUntil(unlist(this.#env, room));
    log("room-ended", { room });
  }

  /** Falls quiet after nobody was on air for long: the clock stops, and everything below may sleep. */
  #watchSilence(): void {
    const waitMs = quietAfterMs(this.#awake.people);
    if (waitMs === undefined) {
      clearTimeout(this.#quiet ?? null);
      this.#quiet = undefined;
      return;
    }
    this.#quiet ??= setTimeout(() => {
      this.#quiet = undefined;
      this.handle({ type: "nobody-on-air-for-long" });
    }, waitMs);
  }

  /** A timer that rings too early asks again, so it is only set anew for what comes sooner. */
  #watchTime(): void {
    const at = nextDueMs(this.#awake.people);
    if (at !== undefined && this.#due !== undefined && this.#due.at <= at) return;
    clearTimeout(this.#due?.timer ?? null);
    this.#due = undefined;
    if (at === undefined) return;
    if (at - Date.now() > LONG_MS) return;
    const ring = () => {
      this.#due = undefined;
      this.handle({ type: "time" });
    };
    this.#due = { at, timer: setTimeout(ring, Math.max(0, at - Date.now())) };
  }
}
