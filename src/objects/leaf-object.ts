import { parsePosition } from "../core/audio/position.ts";
import { localTime } from "../core/ids.ts";
import type { Plan } from "../core/tree/plan.ts";
import { ENDING, type Ending } from "../core/wire/ending.ts";
import { MAX_TEXT_LENGTH } from "../core/wire/parse.ts";
import { type Env, HEADER } from "./calls.ts";
import { type Mind, NodeBody } from "./node-body.ts";
import { end, holds, roomForSocket } from "./sockets.ts";

/** How much sound a leaf keeps, in ms: who was away for less hears all of it when he comes back. */
const KEEP_MS = 30_000;
/** Texts that a listener may send within a second; our own player sends none but pings, which the runtime answers. */
const TEXTS_PER_SECOND = 20;

/** The last object before the listeners: greets them, sends to all of them, counts them. */
export class Leaf extends NodeBody {
  readonly #talk = new WeakMap<WebSocket, { since: number; texts: number }>();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env, { below: "listeners", keepMs: KEEP_MS });
    this.#count();
  }

  /** `/link`: the parent dials. `/listen`: the edge hands over a listener's upgrade. Both only ever come from our own worker. */
  override fetch(request: Request): Response {
    const mind = this.mindOf(request);
    if (mind === undefined) return new Response(null, { status: 404 });
    if (new URL(request.url).pathname === "/link") return this.acceptUplink(mind, request);
    return this.#listen(request, mind);
  }

  protected override heardBelow(mind: Mind, socket: WebSocket, message: string | ArrayBuffer): void {
    const ending = this.#judge(socket, message);
    if (ending === undefined) return;
    end(socket, ending);
    this.leftBelow(mind, socket);
    this.settle();
  }

  protected override leftBelow(mind: Mind, socket: WebSocket): void {
    mind.leave(socket);
    this.#count();
  }

  #listen(request: Request, mind: Mind): Response {
    const headers = newerPlan(request, mind.plan);
    if (mind.down.ended) {
      headers.set(HEADER.refusal, "room-ended");
      return new Response(null, { status: 410, headers });
    }
    if (mind.plan === undefined || mind.listeners >= mind.plan.leafListeners) {
      headers.set(HEADER.refusal, "room-full");
      return new Response(null, { status: 503, headers });
    }
    if (!roomForSocket(this.env.SOCKET_LIMIT)) {
      headers.set(HEADER.refusal, "server-full");
      return new Response(null, { status: 503, headers });
    }
    const { 0: outer, 1: inner } = new WebSocketPair();
    this.ctx.acceptWebSocket(inner, ["listener"]);
    const from = parsePosition(request.headers.get(HEADER.from) ?? "");
    this.perform(mind.join(inner, from, localTime(Date.now()), Math.random()));
    this.#count();
    this.settle();
    return new Response(null, { status: 101, webSocket: outer, headers });
  }

  protected override markLive(link: WebSocket): void {
    link.serializeAttachment("live");
  }

  #count(): void {
    holds(this.ctx.id.toString(), this.mind?.listeners ?? 0);
  }

  /** Why a listener's message ends his connection; undefined if it does not. What he says is for later versions, and ignored. */
  #judge(socket: WebSocket, message: string | ArrayBuffer): Ending | undefined {
    if (typeof message !== "string") return ENDING["listener-sent-binary"];
    if (message.length > MAX_TEXT_LENGTH) return ENDING["message-too-large"];
    const now = Date.now();
    const talk = this.#talk.get(socket);
    if (talk === undefined || now - talk.since > 1_000) {
      this.#talk.set(socket, { since: now, texts: 1 });
      return undefined;
    }
    return ++talk.texts > TEXTS_PER_SECOND ? ENDING["too-many-messages"] : undefined;
  }
}

/** Every answer tells the plan's revision, and the plan itself to whom knows an older one: so joins keep every edge fresh. */
function newerPlan(request: Request, plan: Plan | undefined): Headers {
  const headers = new Headers();
  if (plan === undefined) return headers;
  headers.set(HEADER.planRevision, String(plan.revision));
  const known = Number(request.headers.get(HEADER.planRevision) ?? 0);
  if (plan.revision > known) headers.set(HEADER.plan, JSON.stringify(plan));
  return headers;
}
