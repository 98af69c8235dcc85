import { DurableObject } from "cloudflare:workers";
import { audienceOf, parseSessionId } from "../core/ids.ts";
import { decide, isHeard, quietAfterMs } from "../core/room/decide.ts";
import type { Room as People, RoomEffect, RoomEvent } from "../core/room/state.ts";
import type { Plan } from "../core/tree/plan.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { StageWelcome, State } from "../core/wire/messages.ts";
import { MAX_TEXT_LENGTH, parseStageSays } from "../core/wire/parse.ts";
import { audienceStateOf, roomStateOf, stageStateOf } from "../core/wire/room-states.ts";
import {
  type AttachAnswer,
  type AttachAsk,
  type CreateAsk,
  type Created,
  type Env,
  HEADER,
  type RoomCalls,
  type Summary,
} from "./calls.ts";
import { audienceStub } from "./locate.ts";
import { log } from "./log.ts";
import { type RoomRecord, RoomStore } from "./room-store.ts";
import { Root } from "./root.ts";
import { bytesOf, end, roomForSocket, send } from "./sockets.ts";
import { type Seat, Stage } from "./stage.ts";
import { makeKeys, signTicket } from "./tickets.ts";

/** The number of listeners is told at most once in this time, in ms. */
const COUNT_MS = 1_000;
/** A changed number of listeners is noted for the public after so long, in ms. */
const NOTE_MS = 5_000;
/** Successor tickets given out with a new room. */
const SUCCESSORS = 2;
/** Speakers' sockets that one room takes. */
const MAX_SEATS = 32;

type Awake = { record: RoomRecord; people: People; readonly root: Root };

/** The authoritative room: keeps what is decided, seats the speakers, and is the root of the tree while live. */
export class Room extends DurableObject<Env> implements RoomCalls {
  /** Calls that this object has answered, by kind; joins of listeners must never add to it. */
  readonly requests = { create: 0, attach: 0, stage: 0 };
  readonly #store: RoomStore;
  readonly #stage = new Stage();
  #awake: Awake | undefined;
  #revision = Date.now();
  #starting: Promise<void> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #countedAt = 0;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new RoomStore(state.storage);
    const record = this.#store.load();
    if (record !== undefined) this.#wake(record);
  }

  /** Makes the room, once. Its key pair is made here and stays here; its audience is planted. */
  async create(ask: CreateAsk): Promise<Created | "taken"> {
    this.requests.create++;
    if (this.#awake !== undefined) return "taken";
    const keys = await makeKeys();
    // Two creations at once meet here: the first one to come this far has the name.
    if (this.#awake !== undefined) return "taken";
    const { room, title, listed, chunkMs, fanOut, leafListeners } = ask;
    const regions = { [ask.region]: { firstOpen: 0, width: ask.leaves } };
    const plan: Plan = { revision: 1, audience: audienceOf(room), root: room, fanOut, leafListeners, regions, verifyKey: keys.verifying };
    const createdAt = new Date().toISOString();
    const awake = this.#wake({ room, title, listed, chunkMs, createdAt, ended: false, epoch: 0, plan, keys });
    this.#store.save(awake.record);
    await audienceStub(this.env, plan.audience).open({ plan, summary: this.#summary(awake) });
    log("room-created", { room, chunkMs, listed });
    const successors = Array.from({ length: SUCCESSORS }, (_, index) => signTicket(keys, room, "successor", "Successor", index + 1));
    return { plan, hostTicket: await signTicket(keys, room, "host", "Host", 0), successorTickets: await Promise.all(successors) };
  }

  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    this.requests.attach++;
    return this.#awake?.root.attach(ask) ?? { dialed: false, why: "no such room" };
  }

  /** A speaker's upgrade; the edge has checked the ticket and names session and speaker. */
  override fetch(request: Request): Response {
    this.requests.stage++;
    const awake = this.#awake;
    const session = parseSessionId(request.headers.get(HEADER.session) ?? "");
    if (awake === undefined || session === undefined) return refusal(404, "room-unknown");
    if (awake.record.ended) return refusal(410, "room-ended");
    if (!roomForSocket(this.env.SOCKET_LIMIT) || this.#stage.size >= MAX_SEATS) return refusal(503, "server-full");
    const { 0: outer, 1: inner } = new WebSocketPair();
    this.ctx.acceptWebSocket(inner);
    const seat = this.#stage.seat(inner, session, request.headers.get(HEADER.name) ?? "Host");
    this.#handle(awake, { type: "speaker-came", session, name: seat.name, connection: seat.connection });
    this.#welcome(awake, seat);
    return new Response(null, { status: 101, webSocket: outer });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const awake = this.#awake;
    const seat = this.#stage.seatOf(socket);
    if (awake === undefined || seat === undefined) return;
    if (typeof message === "string") this.#said(awake, seat, message);
    else this.#spoke(awake, seat, bytesOf(message));
  }

  override webSocketClose(socket: WebSocket): void {
    this.#left(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#left(socket);
  }

  #wake(record: RoomRecord): Awake {
    const { room: id, title, chunkMs } = record;
    const people: People = { id, title, chunkMs, phase: record.ended ? "ended" : "quiet", speakers: new Map(), nextVoice: 1 };
    const awake: Awake = { record, people, root: new Root(this.env, record.plan, record.epoch, () => this.#counted()) };
    this.#awake = awake;
    for (const { session, name, connection } of this.#stage.restore(this.ctx.getWebSockets())) {
      this.#handle(awake, { type: "speaker-came", session, name, connection });
    }
    this.#tellRoom(awake);
    this.#tellStage(awake);
    return awake;
  }

  #said(awake: Awake, seat: Seat, text: string): void {
    if (text.length > MAX_TEXT_LENGTH) return end(seat.socket, ENDING["message-too-large"]);
    const said = parseStageSays(text);
    const { session } = seat;
    switch (said?.type) {
      case undefined:
        return this.#stage.refuse(seat.socket, "text-unreadable", Date.now());
      case "ping":
        return send(seat.socket, JSON.stringify({ type: "pong", revision: 0, roomTime: awake.root.roomTime, id: said.id }));
      case "on-air":
      case "off-air":
        return this.#handle(awake, { type: said.type, session });
      case "mute":
        return this.#handle(awake, { type: "mute", session, muted: said.muted });
      case "end":
        return this.#handle(awake, { type: "ended", session });
      default:
        return unreachable(said);
    }
  }

  #spoke(awake: Awake, seat: Seat, message: Uint8Array): void {
    const { bundle } = awake.root;
    const voice = awake.people.speakers.get(seat.session)?.voice;
    if (bundle === undefined || voice === undefined) return;
    const frames = this.#stage.hear(seat.socket, message, bundle, Date.now());
    if (!isHeard(awake.people, seat.session, seat.connection)) return;
    for (const frame of frames) awake.root.add(voice, frame);
  }

  #left(socket: WebSocket): void {
    const seat = this.#stage.leave(socket);
    end(socket, ENDING.uprooted);
    if (this.#awake !== undefined && seat !== undefined) {
      this.#handle(this.#awake, { type: "speaker-left", session: seat.session, connection: seat.connection });
    }
  }

  #handle(awake: Awake, event: RoomEvent): void {
    const { room, effects } = decide(awake.people, event);
    awake.people = room;
    for (const effect of effects) this.#perform(awake, effect);
    this.#watchSilence(awake);
  }

  #perform(awake: Awake, effect: RoomEffect): void {
    switch (effect.do) {
      case "supersede":
        return this.#stage.close(effect.connection, ENDING.superseded);
      case "silence":
        return awake.root.bundle?.silence(effect.voice);
      case "start-clock":
        this.#starting ??= this.#start(awake).finally(() => {
          this.#starting = undefined;
        });
        this.ctx.waitUntil(this.#starting);
        return;
      case "stop-clock":
        return awake.root.stop();
      case "tell-room":
        return this.#tellRoom(awake);
      case "tell-stage":
        return this.#tellStage(awake);
      case "end":
        return this.#end(awake);
      default:
        return unreachable(effect);
    }
  }

  /** The clock starts; the first time in this object's life with an epoch that nobody had before. */
  async #start(awake: Awake): Promise<void> {
    if (awake.root.bundle === undefined) {
      const claim = await audienceStub(this.env, awake.record.plan.audience).claim(awake.record.room);
      if (claim === undefined || "moved" in claim) {
        log("claim-refused", { room: awake.record.room });
        return this.#stage.tell(
          JSON.stringify({ type: "refused", revision: 0, roomTime: 0, code: "room-moved", says: "Another room feeds this audience now" }),
        );
      }
      awake.record = { ...awake.record, epoch: claim.epoch };
      this.#store.save(awake.record);
      awake.root.begin(claim.epoch, awake.record.chunkMs);
      this.#tellRoom(awake);
    }
    if (awake.people.phase === "live") awake.root.start();
  }

  #end(awake: Awake): void {
    awake.record = { ...awake.record, ended: true };
    this.#store.save(awake.record);
    awake.root.end();
    this.#stage.closeAll(ENDING.ended);
    log("room-ended", { room: awake.record.room });
  }

  /** Falls quiet after nobody was on air for long: the clock stops, and everything below may sleep. */
  #watchSilence(awake: Awake): void {
    const waitMs = quietAfterMs(awake.people);
    if (waitMs === undefined) {
      clearTimeout(this.#quiet ?? null);
      this.#quiet = undefined;
      return;
    }
    this.#quiet ??= setTimeout(() => {
      this.#quiet = undefined;
      this.#handle(awake, { type: "nobody-on-air-for-long" });
    }, waitMs);
  }

  #welcome(awake: Awake, seat: Seat): void {
    const speaker = awake.people.speakers.get(seat.session);
    if (speaker === undefined) return;
    const { session, voice, name, onAir, muted } = speaker;
    const { people, record, root } = awake;
    const states = [
      roomStateOf(people, record.epoch, this.#head(awake)),
      stageStateOf(people, this.#head(awake)),
      audienceStateOf(root.listeners, this.#head(awake)),
    ];
    const text: StageWelcome = { type: "stage-welcome", ...this.#head(awake), session, voice, name, onAir, muted, states };
    send(seat.socket, JSON.stringify(text));
  }

  #tellRoom(awake: Awake): void {
    this.#tell(awake, roomStateOf(awake.people, awake.record.epoch, this.#head(awake)));
    this.#note(awake);
  }

  #tellStage(awake: Awake): void {
    this.#tell(awake, stageStateOf(awake.people, this.#head(awake)));
  }

  #tell(awake: Awake, state: State): void {
    const text = JSON.stringify(state);
    awake.root.tell(text);
    this.#stage.tell(text);
  }

  #counted(): void {
    const awake = this.#awake;
    if (awake === undefined) return;
    this.#counting ??= setTimeout(
      () => {
        this.#counting = undefined;
        this.#countedAt = Date.now();
        this.#tell(awake, audienceStateOf(awake.root.listeners, this.#head(awake)));
      },
      Math.max(0, COUNT_MS - (Date.now() - this.#countedAt)),
    );
    this.#noting ??= setTimeout(() => {
      this.#noting = undefined;
      this.#note(awake);
    }, NOTE_MS);
  }

  /** The public summary goes to the audience's object, which edges ask: page views never come here. */
  #note(awake: Awake): void {
    const noted = audienceStub(this.env, awake.record.plan.audience).note(this.#summary(awake));
    this.ctx.waitUntil(noted.catch((fault: unknown) => log("note-failed", { room: awake.record.room, why: String(fault) })));
  }

  #summary({ record, people, root }: Awake): Summary {
    const { room, title, listed, chunkMs, createdAt } = record;
    return { room, title, listed, chunkMs, createdAt, phase: people.phase, listeners: root.listeners };
  }

  #head(awake: Awake): { revision: number; roomTime: number } {
    return { revision: ++this.#revision, roomTime: awake.root.roomTime };
  }
}

function refusal(status: number, code: string): Response {
  return new Response(null, { status, headers: { [HEADER.refusal]: code } });
}
