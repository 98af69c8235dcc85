import { DurableObject } from "cloudflare:workers";
import { localTime, parseSessionId } from "../../core/ids.ts";
import { parseObject } from "../../core/json.ts";
import { parseAddress } from "../../core/tree/people/bans.ts";
import type { Visitor } from "../../core/tree/people/visitors.ts";
import { type RadioEffect, RadioNode, TURN_MS } from "../../core/tree/radio/radio.ts";
import type { Ears } from "../../core/tree/radio/seats.ts";
import { isRadio, type Plan, parseNodeName, parsePlan } from "../../core/tree/shape/plan.ts";
import { formatTally } from "../../core/tree/up/totals.ts";
import { unreachable } from "../../core/unreachable.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { HlsAnswer, HlsSays, RadioCalls } from "../calls/radio.ts";
import { ObjectUse } from "../counted.ts";
import type { Env } from "../env.ts";
import { HEADER } from "../header.ts";
import { bytesOf, end, hangUp, holds, roomForSocket, send } from "../sockets.ts";
import { keptSockets } from "./kept-sockets.ts";
import { save, savedIn } from "./node-memory.ts";
import { acceptUplink, askParent } from "./uplink.ts";

/** Listeners of one radio: a turn's sends (a twenty-fifth of them, at some 60 µs) hold nobody else up for longer than a ms. */
const MOST_LISTENERS = 250;
/** Bytes that wait for one listener at most, before he is sent no more: 16 s at 32 kbit/s; and a turn's on top. */
const MOST_QUEUED = 64 * 1024;
/** The mind's seconds, and the least time between two reports, in ms. */
const SECOND_MS = 1_000;
/** Without anybody who listens, the link above is let go after so long, in ms: a player that comes back finds a warm radio. */
const IDLE_MS = 30_000;
/** A playlist with too little in it is waited for this long, in ms, in steps of so many. */
const [FIRST_MS, STEP_MS] = [3_000, 50] as const;

type Ear = ReadableStreamDefaultController<Uint8Array>;
type Mind = RadioNode<WebSocket, Ear>;

const EARS: Ears<Ear> = {
  wants: (ear) => (ear.desiredSize ?? 0) > 0,
  queued: (ear) => MOST_QUEUED - (ear.desiredSize ?? MOST_QUEUED),
  send(ear, bytes) {
    try {
      ear.enqueue(bytes);
    } catch {
      // Cancelled in this very turn: `cancel` has told already.
    }
  },
};

/**
 * A child of the root that holds players which know nothing but HTTP. Decides nothing: platform events in, effects out.
 *
 * It is an object of its own, so that a thousand such players stand in no leaf's way.
 */
export class Radio extends DurableObject<Env> implements RadioCalls {
  readonly #use = new ObjectUse("Radio");
  #mind: Mind | undefined;
  #turns: ReturnType<typeof setTimeout> | undefined;
  #second: ReturnType<typeof setTimeout> | undefined;
  #reporting: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const name = state.storage.kv.get("name");
    if (typeof name === "string") this.#recall(name);
  }

  /** `/link`: the parent dials. `/live`: the edge hands over a listener. Both only ever come from our own worker. */
  override fetch(request: Request): Response {
    this.#use.request();
    const { pathname } = new URL(request.url);
    const { headers } = request;
    if (pathname === "/link") return this.#accept(request);
    const mind = this.#know(headers.get(HEADER.node) ?? "", parsePlan(parseObject(headers.get(HEADER.plan) ?? "")));
    return mind === undefined || pathname !== "/live" ? new Response(null, { status: 404 }) : this.#seat(mind, headers);
  }

  async playlist(node: string, plan: Plan): Promise<HlsAnswer> {
    const mind = this.#watch(node, plan);
    if (mind === undefined) return undefined;
    // What a sleeper is asked for is there as soon as its parent has told it.
    for (let waited = 0; !mind.hls.isReady && !mind.ended && waited < FIRST_MS; waited += STEP_MS) {
      await new Promise((wake) => setTimeout(wake, STEP_MS));
    }
    if (!mind.hls.isReady) return undefined;
    const { hls, bans } = mind;
    return { text: hls.playlist(mind.ended), plan: mind.plan ?? plan, keptOut: bans, numbers: hls.numbers };
  }

  async look(): Promise<HlsSays | undefined> {
    this.#use.request();
    const { plan, bans, hls } = this.#mind ?? {};
    return plan === undefined || bans === undefined ? undefined : { plan, keptOut: bans, numbers: hls?.numbers };
  }

  async fragment(node: string, plan: Plan, number: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = this.#mind?.hls.find(number);
    if (found === undefined) this.#use.request();
    else this.#watch(node, plan);
    return found;
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#use.message();
    const mind = this.#mind;
    if (mind === undefined || !mind.isUplink(socket)) return;
    const now = localTime(Date.now());
    this.#perform(typeof message === "string" ? mind.read(socket, message, now, Math.random()) : mind.hear(socket, bytesOf(message), now));
    this.#settle();
  }

  override webSocketClose(socket: WebSocket): void {
    this.#closed(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#closed(socket);
  }

  #closed(socket: WebSocket): void {
    hangUp(socket);
    this.#perform(this.#mind?.lost(socket, localTime(Date.now()), Math.random()) ?? []);
    this.#settle();
  }

  /** The parent dials. Who dials unasked is needed only while somebody listens. */
  #accept(request: Request): Response {
    const mind = this.#mind;
    if (mind === undefined) return new Response(null, { status: 404 });
    if (request.headers.has(HEADER.unasked) && !mind.isWanted(localTime(Date.now()))) return new Response(null, { status: 409 });
    return acceptUplink(this.ctx, mind, request);
  }

  /** One more listener, with a queue of his own that is bounded; or why not. */
  #seat(mind: Mind, headers: Headers): Response {
    const visitor = {
      session: parseSessionId(headers.get(HEADER.session) ?? ""),
      address: parseAddress(headers.get(HEADER.address) ?? ""),
    };
    const invited = headers.has(HEADER.invited);
    const refusal = this.#refusal(mind, visitor, invited, headers.has(HEADER.near));
    if (refusal !== undefined) return refuse(refusal, mind.plan);
    const title = decodeURIComponent(headers.get(HEADER.name) ?? "");
    const serial = Math.floor(Math.random() * 2 ** 32);
    let ear: Ear | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          ear = controller;
          const now = localTime(Date.now());
          this.#perform(mind.join(controller, { serial, title, visitor, invited }, EARS, now, Math.random()));
        },
        cancel: () => {
          if (ear !== undefined) mind.leave(ear);
          this.#settle();
        },
      },
      { highWaterMark: MOST_QUEUED, size: (bytes) => bytes?.byteLength ?? 0 },
    );
    this.#settle();
    return new Response(body);
  }

  #refusal(mind: Mind, visitor: Visitor, invited: boolean, isNear: boolean): string | undefined {
    const refusal = mind.refusal(visitor, invited, isNear);
    if (refusal !== undefined) return refusal;
    if (mind.listeners >= MOST_LISTENERS) return "room-full";
    return roomForSocket(this.env.SOCKET_LIMIT) ? undefined : "server-full";
  }

  #watch(node: string, plan: Plan): Mind | undefined {
    this.#use.request();
    const mind = this.#know(node, plan);
    if (mind === undefined) return undefined;
    this.#perform(mind.watch(localTime(Date.now()), Math.random()));
    this.#settle();
    return mind;
  }

  #know(name: string, plan: Plan | undefined): Mind | undefined {
    if (this.#mind === undefined) {
      this.#recall(name);
      if (this.#mind !== undefined) this.ctx.storage.kv.put("name", name);
    }
    if (plan !== undefined) this.#perform(this.#mind?.learn(plan, localTime(Date.now()), Math.random()) ?? []);
    return this.#mind;
  }

  #perform(effects: readonly RadioEffect<WebSocket, Ear>[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: RadioEffect<WebSocket, Ear>): void {
    switch (effect.do) {
      case "close":
        end(effect.link, ENDING[effect.ending]);
        return this.#perform(this.#mind?.lost(effect.link, localTime(Date.now()), Math.random()) ?? []);
      case "ask":
        setTimeout(() => this.ctx.waitUntil(this.#ask(effect.ask)), effect.afterMs);
        return;
      case "save":
        return save(this.ctx, effect.saved);
      case "finish":
        return finish(effect.ear, effect.bytes);
      default:
        return unreachable(effect);
    }
  }

  async #ask(ask: number): Promise<void> {
    const question = this.#mind?.question(ask);
    if (this.#mind === undefined || question === undefined) return;
    const answer = await askParent(this.env, this.#mind.node, question);
    if (answer.dialed) return;
    this.#perform(this.#mind.unanswered(ask, localTime(Date.now()), Math.random()));
    if (answer.plan !== undefined) this.#perform(this.#mind.learn(answer.plan, localTime(Date.now()), Math.random()));
    this.#settle();
  }

  /** To be called after anything happened: arms the next turn, second and report, and the rest of who has nobody to play for. */
  #settle(): void {
    const mind = this.#mind;
    if (mind === undefined) return;
    holds(this.ctx.id.toString(), "radio", mind.listeners);
    if (mind.isWanted(localTime(Date.now()))) this.#turns ??= setTimeout(() => this.#pass(), TURN_MS);
    else this.#resting ??= setTimeout(() => this.#rest(), IDLE_MS);
    if (mind.wantsSeconds) this.#second ??= setTimeout(() => this.#tick(), SECOND_MS);
    if (mind.owesReport) this.#reporting ??= setTimeout(() => this.#report(), SECOND_MS);
  }

  #pass(): void {
    this.#turns = undefined;
    this.#perform(this.#mind?.turn(EARS, localTime(Date.now())) ?? []);
    this.#settle();
  }

  #tick(): void {
    this.#second = undefined;
    this.#perform(this.#mind?.second(localTime(Date.now()), Math.random()) ?? []);
    this.#settle();
  }

  #report(): void {
    this.#reporting = undefined;
    const report = this.#mind?.report();
    if (report !== undefined) send(report.to, formatTally(report.said));
    this.#settle();
  }

  #rest(): void {
    this.#resting = undefined;
    this.#perform(this.#mind?.rest(localTime(Date.now())) ?? []);
  }

  #recall(name: string): void {
    const node = parseNodeName(name);
    if (node === undefined || !isRadio(node)) return;
    // What fed an earlier life: whoever listened then is gone, and this one asks anew when somebody comes.
    for (const { link } of keptSockets(this.ctx).above) end(link, ENDING.uprooted);
    this.#mind = new RadioNode<WebSocket, Ear>(node, savedIn(this.ctx), [], localTime(Date.now()));
  }
}

function finish(ear: Ear, bytes: Uint8Array<ArrayBuffer> | undefined): void {
  try {
    if (bytes === undefined) return ear.error(new Error("given up"));
    ear.enqueue(bytes);
    ear.close();
  } catch {
    // Cancelled already.
  }
}

/** The plan goes with a *no*: it may be newer than the edge's, and the reason. */
function refuse(code: string, plan: Plan | undefined): Response {
  const headers = { [HEADER.refusal]: code, ...(plan === undefined ? {} : { [HEADER.plan]: JSON.stringify(plan) }) };
  return new Response(null, { status: 503, headers });
}
