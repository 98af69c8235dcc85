import { parseSessionId, type SessionId } from "../../../src/core/ids.ts";
import { decide } from "../../../src/core/room/decide.ts";
import type { Role } from "../../../src/core/room/roles.ts";
import { newRoom, type Room, type RoomEffect, type RoomEvent } from "../../../src/core/room/state.ts";
import type { Deed } from "../../../src/core/room/verbs.ts";
import { roomId } from "../../support/build.ts";

/** Builders for rooms with people in them. */

export function session(text: string): SessionId {
  const found = parseSessionId(text);
  if (found === undefined) throw new Error(text);
  return found;
}

export const HOST = session("the-host");
export const FIRST = session("co-host-1");
export const SECOND = session("co-host-2");
export const SPEAKER = session("a-speaker");
export const LISTENER = session("a-listener");

/** A room on which events can be tried one after another; the clock stands until it is moved. */
export class Play {
  room: Room;
  now: number;
  /** Effects of the last event. */
  effects: readonly RoomEffect[] = [];
  #connections = 0;

  constructor(room: Room = newRoom({ id: roomId("demo"), title: "Demo", chunkMs: 100, recordable: true }), now = 1_000_000) {
    this.room = room;
    this.now = now;
  }

  event(event: RoomEvent): this {
    const { room, effects } = decide(this.room, event, this.now);
    this.room = room;
    this.effects = effects;
    return this;
  }

  comes(who: SessionId, as: Role = "speaker"): this {
    return this.event({ type: "speaker-came", session: who, name: who, connection: ++this.#connections, as });
  }

  leaves(who: SessionId): this {
    return this.event({ type: "speaker-left", session: who, connection: this.room.speakers.get(who)?.connection ?? 0 });
  }

  asks(by: SessionId, deed: Deed, as: Role = "listener"): this {
    return this.event({ type: "asked", by, as, deed });
  }

  raises(who: SessionId): this {
    return this.event({ type: "hand", session: who, name: `${who} by name`, raised: true });
  }

  lowers(who: SessionId): this {
    return this.event({ type: "hand", session: who, name: `${who} by name`, raised: false });
  }

  /** So much time passes, in ms, at once. */
  passes(ms: number): this {
    this.now += ms;
    return this.event({ type: "time" });
  }

  /** Invited, and on stage. */
  comesUp(who: SessionId): this {
    return this.asks(HOST, { type: "invite", session: who }).comes(who);
  }

  /** The code of the *no* to the last event; undefined if there was none. */
  get refused(): string | undefined {
    return this.effects.flatMap((effect) => (effect.do === "refuse" ? [effect.refusal.code] : []))[0];
  }

  /** What was done after the last event, by its words. */
  get did(): readonly string[] {
    return this.effects.map((effect) => effect.do);
  }
}

/** A host, two co-hosts and a speaker, all on stage; a listener who is not. */
export function aStage(): Play {
  return new Play()
    .comes(HOST, "host")
    .comesUp(FIRST)
    .comesUp(SECOND)
    .comesUp(SPEAKER)
    .asks(HOST, { type: "appoint", session: FIRST, rank: 1 })
    .asks(HOST, { type: "appoint", session: SECOND, rank: 2 });
}
