import { Alignment, placeSpeech } from "../core/audio/alignment.ts";
import { decodeSpeech } from "../core/audio/speech.ts";
import type { SessionId } from "../core/ids.ts";
import { decide, quietAfterMs } from "../core/room/decide.ts";
import { isHeard } from "../core/room/stage.ts";
import type { Room as People, RoomEffect, RoomEvent } from "../core/room/state.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { StageSays, StageWelcome, State } from "../core/wire/messages.ts";
import { audienceStateOf, type Head, roomStateOf, stageStateOf } from "../core/wire/room-states.ts";
import type { Host } from "./host.ts";
import type { RootMind } from "./minds.ts";
import type { Moment } from "./moment.ts";
import type { StagePage } from "./speaker.ts";

/** A line to a speaker that breaks because the room died is noticed after so long, in ms. Assumed. */
const BROKEN_MS = 15;

type Seat = { readonly session: SessionId; readonly page: StagePage; readonly alignment: Alignment };

/** A room's state while its object is in memory: the root of its tree, and its people. */
export type Awake = { readonly mind: RootMind; people: People };

/** What the people's deeds do to the room, and what they are told of it. */
export type Around = {
  readonly epoch: number;
  readonly roomTime: number;
  head(): Head;
  tell(state: State): void;
  start(awake: Awake): void;
  ready(awake: Awake): void;
  stop(): void;
  end(awake: Awake): void;
};

/** Those who speak in a room, on their connections; does what objects/room/room-object.ts does with them. */
export class RoomStage {
  readonly #host: Host;
  readonly #room: Around;
  #seats = new Map<number, Seat>();
  #connections = 0;
  #quiet: Moment | undefined;

  constructor(host: Host, room: Around) {
    this.#host = host;
    this.#room = room;
  }

  /** All speakers are told. */
  hears(text: string): void {
    for (const { page } of this.#seats.values()) page.hears(text);
  }

  /** All connections are closed, for this reason. */
  close(ending: "moved" | "ended"): void {
    const seats = [...this.#seats.values()];
    this.#seats = new Map();
    for (const { page } of seats) page.closed(ENDING[ending].code);
  }

  /** The room's object has died, and its connections with it. */
  breaks(): void {
    for (const { page } of this.#seats.values()) this.#host.ground.clock.after(BROKEN_MS, () => page.closed(1006));
  }

  /** A speaker's page has connected. His connection's number. */
  seat(awake: Awake, session: SessionId, name: string, page: StagePage): number {
    const connection = ++this.#connections;
    this.#seats.set(connection, { session, page, alignment: new Alignment() });
    this.handle(awake, { type: "speaker-came", session, name, connection, as: "host" }, () => this.#welcome(awake, session, page));
    return connection;
  }

  say(awake: Awake, connection: number, said: StageSays): void {
    const seat = this.#seats.get(connection);
    if (seat === undefined) return;
    const { session, page } = seat;
    switch (said.type) {
      case "ping":
        return page.hears(JSON.stringify({ type: "pong", revision: 0, roomTime: this.#room.roomTime, id: said.id }));
      default:
        return this.handle(awake, { type: "asked", by: session, as: "host", deed: said });
    }
  }

  spoke(awake: Awake, connection: number, message: Uint8Array): void {
    const seat = this.#seats.get(connection);
    const { bundle } = awake.mind;
    if (seat === undefined || bundle === undefined) return;
    const speaker = awake.people.speakers.get(seat.session);
    const speech = decodeSpeech(message);
    if (speaker === undefined || typeof speech === "string") return;
    const frames = placeSpeech(seat.alignment, speech, bundle.positionAt(this.#host.local), bundle.openFrom);
    if (typeof frames === "string" || !isHeard(awake.people, seat.session, connection)) return;
    for (const frame of frames) awake.mind.add(speaker.voice, frame, speaker.standsBy);
  }

  /** @param awake undefined if the room has died meanwhile */
  left(awake: Awake | undefined, connection: number): void {
    const seat = this.#seats.get(connection);
    if (!this.#seats.delete(connection) || awake === undefined || seat === undefined) return;
    this.handle(awake, { type: "speaker-left", session: seat.session, connection });
  }

  /** Something happened to the people; what follows from it is done. @param first before anything else */
  handle(awake: Awake, event: RoomEvent, first?: () => void): void {
    const { room, effects } = decide(awake.people, event, this.#host.local);
    awake.people = room;
    first?.();
    for (const effect of effects) this.#do(awake, effect);
    this.#watchSilence(awake);
  }

  #do(awake: Awake, effect: RoomEffect): void {
    switch (effect.do) {
      case "close": {
        const seat = this.#seats.get(effect.connection);
        this.#seats.delete(effect.connection);
        return seat?.page.closed(ENDING[effect.ending].code);
      }
      case "silence":
        return awake.mind.bundle?.silence(effect.voice);
      case "start-clock":
        return this.#room.start(awake);
      case "ready-clock":
        return this.#room.ready(awake);
      case "stop-clock":
        return this.#room.stop();
      case "tell-room":
        return this.#room.tell(roomStateOf(awake.people, this.#room.epoch, this.#room.head()));
      case "tell-stage":
        return this.#room.tell(stageStateOf(awake.people, this.#room.head()));
      case "end":
        return this.#room.end(awake);
      case "save":
      case "tell-pinned":
      case "tell-hands":
      case "tell-questions":
      case "tell-people":
      case "tell-recording":
      case "tell-schedule":
      case "opened":
      case "tell-bans":
      case "whisper":
      case "new-ticket":
      case "listener-ticket":
      case "caption":
      case "dismiss":
      case "lock-audience":
      case "forget-addresses":
      case "refuse":
        // Evenings are simulated with a host alone: what people do to each other is asked of workerd.
        return;
      default:
        return unreachable(effect);
    }
  }

  #welcome(awake: Awake, session: SessionId, page: StagePage): void {
    const speaker = awake.people.speakers.get(session);
    if (speaker === undefined) return;
    const { voice, name, role, air, muted } = speaker;
    const onAir = air === "on";
    const states = [
      roomStateOf(awake.people, this.#room.epoch, this.#room.head()),
      stageStateOf(awake.people, this.#room.head()),
      audienceStateOf(awake.mind.figures(), this.#room.head()),
    ];
    const text: StageWelcome = {
      type: "stage-welcome",
      ...this.#room.head(),
      session,
      voice,
      name,
      role,
      onAir,
      muted,
      muteLocked: false,
      states,
    };
    page.hears(JSON.stringify(text));
  }

  #watchSilence(awake: Awake): void {
    const waitMs = quietAfterMs(awake.people);
    if (waitMs === undefined) {
      this.#quiet?.cancel();
      this.#quiet = undefined;
      return;
    }
    this.#quiet ??= this.#host.later(waitMs, () => {
      this.#quiet = undefined;
      this.handle(awake, { type: "nobody-on-air-for-long" });
    });
  }
}
