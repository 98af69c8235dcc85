import { DurableObject } from "cloudflare:workers";
import { parseSessionId } from "../core/ids.ts";
import { decide, isHeard, quietAfterMs } from "../core/room/decide.ts";
import type { RoomEffect, RoomEvent } from "../core/room/state.ts";
import type { Expectation } from "../core/tree/plant.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import { MAX_TEXT_LENGTH } from "../core/wire/limits.ts";
import { isMessage } from "../core/wire/parse.ts";
import { parseStageSays } from "../core/wire/stage-says.ts";
import { Announcer } from "./announcer.ts";
import {
  type AttachAnswer,
  type AttachAsk,
  type ContinueAsk,
  type CreateAsk,
  type Created,
  type Env,
  HEADER,
  type NotContinued,
  type Progress,
  type RoomCalls,
} from "./calls.ts";
import { ObjectUse } from "./counted.ts";
import { type Ear, FastPath } from "./fast-path.ts";
import { Lease } from "./lease.ts";
import { unlist } from "./lobby-client.ts";
import { log } from "./log.ts";
import { Planting } from "./planting.ts";
import { type Awake, Reign } from "./reign.ts";
import { type Founded, found, takeOver, ticketsOf } from "./room-founding.ts";
import { type RoomRecord, RoomStore } from "./room-store.ts";
import { Root } from "./root.ts";
import { bytesOf, end, hangUp, holds, roomForSocket, send } from "./sockets.ts";
import { type Seat, Stage } from "./stage.ts";

/** Speakers' sockets that one room takes. */
const MAX_SEATS = 32;

/** The authoritative room: keeps what is decided, seats the speakers, and is the root of the tree while live. */
export class Room extends DurableObject<Env> implements RoomCalls {
  /** Calls that this object has answered, by kind; joins of listeners must never add to it. */
  readonly requests = { create: 0, attach: 0, stage: 0, expect: 0 };
  readonly #use = new ObjectUse("Room");
  readonly #store: RoomStore;
  readonly #stage = new Stage();
  readonly #fastPath = new FastPath(() => this.#ears());
  #awake: Awake | undefined;
  #reign: Reign | undefined;
  #founding = false;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new RoomStore(state.storage);
    const record = this.#store.load();
    if (record !== undefined) this.#wake(record);
  }

  /** Makes the room, once: of two creations at the same time, one has the name. */
  async create(ask: CreateAsk): Promise<Created | "taken"> {
    this.#use.request();
    this.requests.create++;
    if (this.#awake !== undefined || this.#founding) return "taken";
    this.#founding = true;
    try {
      const founded = await found(this.env, ask);
      return founded === "taken" ? founded : this.#settle(founded);
    } finally {
      this.#founding = false;
    }
  }

  async continueFrom(ask: ContinueAsk): Promise<Created | NotContinued> {
    this.#use.request();
    this.requests.create++;
    if (this.#founding) return "taken";
    if (this.#awake !== undefined) return again(this.#awake.record, ask);
    this.#founding = true;
    try {
      const founded = await takeOver(this.env, ask);
      if (typeof founded !== "object" || "moved" in founded) return founded;
      const created = this.#settle(founded);
      this.#reign?.takeOver();
      return created;
    } finally {
      this.#founding = false;
    }
  }

  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    this.#use.request();
    this.requests.attach++;
    await this.#reign?.sure;
    return this.#awake?.root.attach(ask) ?? { dialed: false, why: "no such room" };
  }

  async expect(expectation: Expectation, maxListeners: number): Promise<Progress | undefined> {
    this.#use.request();
    this.requests.expect++;
    const awake = this.#awake;
    if (awake === undefined || awake.record.ended || awake.record.movedTo !== undefined) return undefined;
    this.#reign?.keep({ maxListeners });
    return awake.planting.expect(expectation, { maxListeners });
  }

  async progress(): Promise<Progress | undefined> {
    this.#use.request();
    this.requests.expect++;
    return this.#awake?.record.ended === false ? this.#awake.planting.progress() : undefined;
  }

  override async alarm(): Promise<void> {
    this.#use.request();
    await this.#awake?.planting.beat();
  }

  /** A speaker's upgrade; the edge has checked the ticket and names session and speaker. */
  override fetch(request: Request): Response {
    this.#use.request();
    this.requests.stage++;
    const awake = this.#awake;
    const session = parseSessionId(request.headers.get(HEADER.session) ?? "");
    if (awake === undefined || session === undefined) return refusal(404, "room-unknown");
    if (awake.record.ended) return refusal(410, "room-ended");
    if (awake.record.movedTo !== undefined) return refusal(409, "room-moved");
    if (awake.record.hosted !== true) this.#reign?.keep({ hosted: true });
    if (!roomForSocket(this.env.SOCKET_LIMIT) || this.#stage.size >= MAX_SEATS) return refusal(503, "server-full");
    const { 0: outer, 1: inner } = new WebSocketPair();
    this.ctx.acceptWebSocket(inner);
    const seat = this.#stage.seat(inner, session, request.headers.get(HEADER.name) ?? "Host");
    this.#handle(awake, { type: "speaker-came", session, name: seat.name, connection: seat.connection }, () =>
      awake.announcer.welcome(seat),
    );
    this.#count();
    return new Response(null, { status: 101, webSocket: outer });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#use.message();
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

  #settle({ record, created }: Founded): Created {
    this.#store.save(record);
    this.#wake(record);
    const { room, chunkMs, listed, continues } = record;
    log("room-created", { room, chunkMs, listed, continues: continues?.room });
    return created;
  }

  #wake(record: RoomRecord): void {
    const { room: id, title, chunkMs } = record;
    const lease = new Lease(this.ctx.storage, (why) => reign.retire(why));
    const root = new Root(this.env, record, lease, {
      heard: () => this.#use.message(),
      counted: () => awake.announcer.counted(),
      asked: () => undefined,
      reacted: (counts) => awake.announcer.reacted(counts),
      grow: (plan) => this.ctx.waitUntil(awake.planting.grow(plan)),
      doubted: () => reign.doubt(),
    });
    const awake: Awake = {
      record,
      people: { id, title, chunkMs, phase: record.ended ? "ended" : "quiet", speakers: new Map(), nextVoice: 1 },
      root,
      announcer: new Announcer(
        this.env,
        this.#stage,
        root,
        this.#store.nextRevision(),
        () => awake,
        (work) => this.ctx.waitUntil(work),
        (moved) => reign.lose(moved),
      ),
      planting: new Planting(this.ctx, this.#store, root, (plan) => {
        awake.record = { ...awake.record, plan };
        this.ctx.waitUntil(awake.announcer.note());
      }),
    };
    const reign = new Reign(this.ctx, this.env, this.#store, this.#stage, awake, (event) => this.#handle(awake, event));
    this.#awake = awake;
    this.#reign = reign;
    for (const { session, name, connection } of this.#stage.restore(this.ctx.getWebSockets())) {
      this.#handle(awake, { type: "speaker-came", session, name, connection });
    }
    this.#count();
    const told = awake.announcer.tellRoom();
    awake.announcer.tellStage();
    if (record.continues !== undefined) awake.announcer.tellAdopted(record.continues.room);
    reign.doubt(told);
  }

  #said(awake: Awake, seat: Seat, text: string): void {
    if (text.length > MAX_TEXT_LENGTH) return end(seat.socket, ENDING["message-too-large"]);
    const said = parseStageSays(text);
    const { session } = seat;
    switch (said?.type) {
      case undefined:
        // A newer page may say what this room does not know.
        if (isMessage(text)) return;
        return this.#stage.refuse(seat.socket, "text-unreadable", Date.now());
      case "ping":
        this.#stage.heardFrom(seat.socket, Date.now(), said.rttMs);
        return send(seat.socket, JSON.stringify({ type: "pong", revision: 0, roomTime: awake.root.roomTime, id: said.id }));
      case "on-air":
      case "off-air":
        return this.#handle(awake, { type: said.type, session });
      case "mute":
        return this.#handle(awake, { type: "mute", session, muted: said.muted });
      case "end":
        return this.#handle(awake, { type: "ended", session });
      default:
        return this.#stage.refuse(seat.socket, "text-unreadable", Date.now());
    }
  }

  #spoke(awake: Awake, seat: Seat, message: Uint8Array): void {
    const now = Date.now();
    const speech = this.#stage.read(seat.socket, message, now);
    const voice = awake.people.speakers.get(seat.session)?.voice;
    if (speech === undefined || voice === undefined) return;
    const heard = isHeard(awake.people, seat.session, seat.connection);
    if (heard) this.#fastPath.hear(voice, speech);
    const { bundle } = awake.root;
    if (bundle === undefined) return;
    const frames = this.#stage.place(seat.socket, speech, bundle, now);
    if (!heard) return;
    for (const frame of frames) awake.root.add(voice, frame);
    if (speech.ends && speech.frames.length === 0) bundle.end(voice);
  }

  /** Who is on stage hears the others. */
  *#ears(): Iterable<Ear> {
    const speakers = this.#awake?.people.speakers;
    for (const { socket, session, heardAt } of this.#stage.seats) yield { socket, voice: speakers?.get(session)?.voice, heardAt };
  }

  #left(socket: WebSocket): void {
    const seat = this.#stage.leave(socket);
    hangUp(socket);
    this.#count();
    if (this.#awake !== undefined && seat !== undefined) {
      this.#handle(this.#awake, { type: "speaker-left", session: seat.session, connection: seat.connection });
    }
  }

  /** @param first done before the effects: who comes is welcomed before he hears of anything else */
  #handle(awake: Awake, event: RoomEvent, first?: () => void): void {
    const { room, effects } = decide(awake.people, event);
    awake.people = room;
    first?.();
    for (const effect of effects) this.#perform(awake, effect);
    this.#watchSilence(awake);
  }

  #perform(awake: Awake, effect: RoomEffect): void {
    switch (effect.do) {
      case "supersede":
        return this.#stage.close(effect.connection, ENDING.superseded);
      case "silence":
        this.#fastPath.silence(effect.voice);
        return awake.root.bundle?.silence(effect.voice);
      case "start-clock":
        awake.planting.live();
        return this.#reign?.start();
      case "stop-clock":
        return this.#reign?.pause();
      case "tell-room":
        awake.announcer.tellRoom();
        return;
      case "tell-stage":
        return awake.announcer.tellStage();
      case "end":
        return this.#end(awake);
      default:
        return unreachable(effect);
    }
  }

  #count(): void {
    holds(this.ctx.id.toString(), this.#stage.size);
  }

  #end(awake: Awake): void {
    this.#reign?.keep({ ended: true });
    awake.root.stop();
    this.#stage.closeAll(ENDING.ended);
    this.ctx.waitUntil(this.#reign?.end() ?? Promise.resolve());
    const { room, listed } = awake.record;
    if (listed) this.ctx.waitUntil(unlist(this.env, room));
    log("room-ended", { room });
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
}

/** Who has taken the audience over and was cut off before he had his answer, may have it again until the host has come. */
async function again(record: RoomRecord, { ticket }: ContinueAsk): Promise<Created | NotContinued> {
  if (record.continues?.ticket !== ticket) return "taken";
  if (record.movedTo !== undefined) return record.movedTo;
  if (record.ended) return "ended";
  return record.hosted === true ? "used" : ticketsOf(record);
}

function refusal(status: number, code: string): Response {
  return new Response(null, { status, headers: { [HEADER.refusal]: code } });
}
