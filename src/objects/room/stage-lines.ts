import { isHeard, isHeardOnStage, mayCome } from "../../core/room/stage.ts";
import { ENDING } from "../../core/wire/ending.ts";
import { MAX_TEXT_LENGTH } from "../../core/wire/limits.ts";
import { isMessage } from "../../core/wire/parse.ts";
import { parseStageSays } from "../../core/wire/stage-says.ts";
import type { Env } from "../env.ts";
import { bytesOf, hangUp, holds, roomForSocket, send } from "../sockets.ts";
import type { Awake, Reign } from "./reign.ts";
import type { RoomBody } from "./room-body.ts";
import type { Ear, FastPath } from "./stage/fast-path.ts";
import type { Seat, Stage } from "./stage/stage.ts";
import { arrivalOf, noDoor, turnAway } from "./stage/stage-door.ts";
import type { Upkeep } from "./upkeep.ts";
import { zones } from "./zones.ts";

/** Texts that a speaker may send within a second: his page sends one of its own every 2 s, and what he clicks. */
const TEXTS_PER_SECOND = 30;

/** What a room's lines to its stage act on. */
type Limbs = {
  readonly stage: Stage;
  readonly fastPath: FastPath;
  readonly body: RoomBody;
  readonly reign: Reign;
  readonly upkeep: Upkeep;
};

/** The speakers' lines of a room: who comes, what he says in words and in sound, and that he is gone. Decides nothing. */
export class StageLines {
  readonly #state: DurableObjectState;
  readonly #env: Env;
  readonly #stage: Stage;
  readonly #fastPath: FastPath;
  readonly #body: RoomBody;
  readonly #reign: Reign;
  readonly #upkeep: Upkeep;
  readonly #awake: Awake;

  constructor(state: DurableObjectState, env: Env, { stage, fastPath, body, reign, upkeep }: Limbs, awake: Awake) {
    this.#state = state;
    this.#env = env;
    this.#stage = stage;
    this.#fastPath = fastPath;
    this.#body = body;
    this.#reign = reign;
    this.#upkeep = upkeep;
    this.#awake = awake;
  }

  /** Who is on stage hears the others. */
  *ears(): Iterable<Ear> {
    const { speakers } = this.#awake.people;
    for (const { socket, session, heardAt } of this.#stage.seats) yield { socket, voice: speakers.get(session)?.voice, heardAt };
  }

  /** A speaker's upgrade; the edge has checked the ticket, and tells whose it is and what it says. */
  come(request: Request): Response {
    const awake = this.#awake;
    const arrival = arrivalOf(request);
    if (arrival === undefined) return noDoor(404, "room-unknown");
    if (awake.record.ended) return noDoor(410, "room-ended");
    if (awake.record.movedTo !== undefined) return noDoor(409, "room-moved");
    if (awake.record.hosted !== true && arrival.role === "host") this.#reign.keep({ hosted: true });
    if (!roomForSocket(this.#env.SOCKET_LIMIT) || !this.#stage.mayOpen(arrival.session)) return noDoor(503, "server-full");
    const allowed = mayCome(awake.people, arrival.session, arrival.role, Date.now());
    if (allowed !== true) return turnAway(allowed);
    const { 0: outer, 1: inner } = new WebSocketPair();
    this.#state.acceptWebSocket(inner);
    const seat = this.#stage.seat(inner, arrival);
    this.#came(seat, () => awake.announcer.welcome(seat));
    this.#upkeep.used();
    this.#count();
    return new Response(null, { status: 101, webSocket: outer });
  }

  /** Lines that outlived the object's sleep. */
  restore(): void {
    for (const seat of this.#stage.restore(this.#state.getWebSockets())) {
      // Where he came from the table knows; with his socket it was kept under the key of that day.
      this.#came({ ...seat, address: undefined });
    }
    this.#count();
  }

  heard(socket: WebSocket, message: string | ArrayBuffer): void {
    const seat = this.#stage.seatOf(socket);
    if (seat === undefined) return;
    this.#body.heard(seat);
    if (typeof message === "string") this.#said(seat, message);
    else this.#spoke(seat, bytesOf(message));
  }

  left(socket: WebSocket): void {
    const seat = this.#stage.leave(socket);
    hangUp(socket);
    this.#count();
    if (seat !== undefined) this.#body.handle({ type: "speaker-left", session: seat.session, connection: seat.connection });
  }

  /** @param first done before anybody hears of him */
  #came({ session, name, connection, role, address }: Seat, first?: () => void): void {
    this.#body.handle({ type: "speaker-came", session, name, connection, as: role, address }, first);
  }

  #said(seat: Seat, text: string): void {
    if (text.length > MAX_TEXT_LENGTH) return this.#stage.end(seat.socket, ENDING["message-too-large"]);
    if (!this.#stage.mayTalk(seat.socket, TEXTS_PER_SECOND, Date.now())) return this.#stage.end(seat.socket, ENDING["too-many-messages"]);
    const said = parseStageSays(text, zones);
    if (said === undefined) {
      // A newer page may say what this room does not know.
      return isMessage(text) ? undefined : this.#stage.refuse(seat.socket, "text-unreadable", Date.now());
    }
    if (said.type !== "ping") return this.#body.asked(seat, said);
    this.#stage.heardFrom(seat.socket, Date.now(), said.rttMs);
    if (said.rttMs !== undefined) this.#awake.announcer.tellQuality();
    send(seat.socket, JSON.stringify({ type: "pong", revision: 0, roomTime: this.#awake.root.roomTime, id: said.id }));
  }

  #spoke(seat: Seat, message: Uint8Array): void {
    const now = Date.now();
    const { people, root } = this.#awake;
    const speech = this.#stage.read(seat.socket, message, now);
    const speaker = people.speakers.get(seat.session);
    if (speech === undefined || speaker === undefined) return;
    const { voice, standsBy } = speaker;
    const heard = isHeard(people, seat.session, seat.connection);
    const { bundle } = root;
    // Who stands by is kept out of both mixes; what he tries out in a sound check is for the stage to hear.
    const keptOut = heard && standsBy && bundle?.steppedIn.includes(voice) !== true;
    if (!keptOut && isHeardOnStage(people, seat.session, seat.connection)) this.#fastPath.hear(voice, speech);
    if (bundle === undefined) return;
    const frames = this.#stage.place(seat.socket, speech, bundle, now);
    if (!heard) return;
    for (const frame of frames) root.add(voice, frame, standsBy);
    if (speech.ends && speech.frames.length === 0) bundle.end(voice);
  }

  #count(): void {
    holds(this.#state.id.toString(), "stage", this.#stage.sockets);
  }
}
