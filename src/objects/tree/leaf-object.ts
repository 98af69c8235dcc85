import { parsePosition } from "../../core/audio/position.ts";
import { localTime, parseSessionId } from "../../core/ids.ts";
import { isCount } from "../../core/json.ts";
import { STRIDES } from "../../core/tree/down/stride.ts";
import { Admission } from "../../core/tree/people/admission.ts";
import { parseAddress } from "../../core/tree/people/bans.ts";
import type { ListenerRefusal } from "../../core/tree/people/listener-says.ts";
import type { Visitor } from "../../core/tree/people/visitors.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";
import { isRegion } from "../../core/tree/shape/region.ts";
import { ENDING, type Ending } from "../../core/wire/ending.ts";
import { MAX_TEXT_LENGTH } from "../../core/wire/limits.ts";
import { formatListenerRefusal, parseListenerSays } from "../../core/wire/listener-says.ts";
import type { Env } from "../env.ts";
import { HEADER } from "../header.ts";
import { end, holds, roomForSocket, send, TELLS_QUEUES } from "../sockets.ts";
import { watch } from "../watched.ts";
import { keepListener } from "./kept-sockets.ts";
import { type Mind, NodeBody } from "./node-body.ts";

/** How much sound a leaf keeps, in ms: who was away for less hears all of it when he comes back. */
const KEEP_MS = 30_000;
/** Texts that a listener may send within a second; our own player sends none but pings, which the runtime answers. */
const TEXTS_PER_SECOND = 20;

/** Sockets that one object holds at most: the platform takes 32,768 and throws at one more; the rest is for links above. */
const MOST_SOCKETS = 32_000;
/** How often it is looked after who is parked, in ms. */
const PARKED_MS = 1_000;

/** An upgrade that waits for its turn. */
type Join = { readonly request: Request; readonly visitor: Visitor; readonly answer: (answer: Response) => void };

/** The last object before the listeners: greets them, sends to all of them, counts them. */
export class Leaf extends NodeBody {
  readonly #admission = new Admission<Join>();
  /** Ended, but the other side has not answered the close: gone for the room, and still a socket of this process. */
  readonly #ending = new Set<WebSocket>();
  #watching: ReturnType<typeof setTimeout> | undefined;
  readonly #talk = new WeakMap<WebSocket, { since: number; texts: number }>();

  constructor(state: DurableObjectState, env: Env) {
    const stride = STRIDES.find((stride) => String(stride) === env.STRIDE);
    super(state, env, { below: "listeners", keepMs: KEEP_MS, serving: { stride, wantsAcks: !TELLS_QUEUES } });
    this.#count();
    watch(this, (leaf) => ({ parked: leaf.#admission.parked, stride: leaf.mind?.down.stride ?? 0 }));
  }

  /** `/link`: the parent dials. `/listen`: the edge hands over a listener's upgrade. Both only ever come from our own worker. */
  override fetch(request: Request): Response | Promise<Response> {
    if (this.isUncalledFor(request)) return new Response(null, { status: 409 });
    const mind = this.mindOf(request);
    if (mind === undefined) return new Response(null, { status: 404 });
    if (new URL(request.url).pathname === "/link") return this.acceptUplink(mind, request);
    return this.#knock(request, mind);
  }

  /** The sound has gone out: now there is time for joins. */
  protected override heardSound(mind: Mind): void {
    for (const join of this.#admission.heard(mind.down.lateMs, localTime(Date.now()))) this.#admit(join, mind);
  }

  protected override heardBelow(mind: Mind, socket: WebSocket, message: string | ArrayBuffer): void {
    const ending = this.#judge(socket, message);
    if (ending === undefined) return this.#said(mind, socket, String(message));
    end(socket, ending);
    this.#ending.add(socket);
    this.leftBelow(mind, socket);
    this.settle();
  }

  protected override ended(mind: Mind, link: WebSocket): void {
    // At the room's end everybody stays in the books until he is gone, and is counted there.
    if (!mind.down.has(link)) this.#ending.add(link);
    this.#count();
  }

  protected override closed(link: WebSocket): void {
    if (this.#ending.delete(link)) this.#count();
  }

  protected override leftBelow(mind: Mind, socket: WebSocket): void {
    mind.leave(socket);
    this.#count();
  }

  /** Takes a join at once, parks it for a moment, or says why not. */
  #knock(request: Request, mind: Mind): Response | Promise<Response> {
    const visitor = visitorOf(request);
    if (mind.isBanned(visitor)) return turnAway(request, mind.plan);
    this.#want(request, mind);
    const refusal = this.#refusal(mind);
    if (refusal !== undefined) {
      // Nothing else happens to a full leaf in a quiet room: who was wanted in vain is reported all the same.
      this.settle();
      return refuse(request, mind, refusal);
    }
    return new Promise((answer) => {
      const join = { request, visitor, answer };
      if (this.#admission.arrive(join, localTime(Date.now()))) this.#admit(join, mind);
      else this.#watchParked(mind);
    });
  }

  /** Why nobody can join now; undefined if one can. */
  #refusal(mind: Mind): string | undefined {
    if (mind.down.ended) return "room-ended";
    if (mind.plan === undefined || mind.listeners + this.#admission.parked >= mind.plan.leafListeners) return "room-full";
    return this.#hasSocket(mind) ? undefined : "server-full";
  }

  /** True if one more socket fits into this process and this object. */
  #hasSocket(mind: Mind): boolean {
    return roomForSocket(this.env.SOCKET_LIMIT) && mind.listeners + this.#ending.size < MOST_SOCKETS;
  }

  #admit({ request, visitor, answer }: Join, mind: Mind): void {
    // The room may have ended, or banned him, or the process filled up, while this one waited.
    if (mind.isBanned(visitor)) return answer(turnAway(request, mind.plan));
    if (mind.down.ended) return answer(refuse(request, mind, "room-ended"));
    if (!this.#hasSocket(mind)) return answer(refuse(request, mind, "server-full"));
    const { 0: outer, 1: inner } = new WebSocketPair();
    this.ctx.acceptWebSocket(inner, ["listener"]);
    const from = parsePosition(request.headers.get(HEADER.from) ?? "");
    keepListener(inner, { wasLive: false, person: visitor });
    this.perform(mind.join(inner, from, localTime(Date.now()), Math.random(), visitor));
    this.#count();
    this.settle();
    answer(new Response(null, { status: 101, webSocket: outer, headers: newerPlan(request, mind.plan) }));
  }

  #watchParked(mind: Mind): void {
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      const { taken, late } = this.#admission.tick(localTime(Date.now()));
      for (const join of taken) this.#admit(join, mind);
      for (const { request, answer } of late) answer(refuse(request, mind, "leaf-busy"));
      if (this.#admission.parked > 0) this.#watchParked(mind);
    }, PARKED_MS);
  }

  /** A leaf has no children. */
  protected override wake(): void {}
  protected override redial(): void {}

  protected override keep(link: WebSocket, wasLive: boolean): void {
    keepListener(link, { wasLive, person: this.mind?.kept(link) ?? {} });
  }

  protected override refuse(link: WebSocket, code: ListenerRefusal): void {
    send(link, formatListenerRefusal(code, this.mind?.down.feed.endsMs ?? 0));
  }

  /** Counts what came, before anything is decided of it: who is refused was wanted too. */
  #want(request: Request, mind: Mind): void {
    const wanted = request.headers.get(HEADER.wanted) ?? "";
    const joins = Number(request.headers.get(HEADER.joins) ?? 0);
    if (isRegion(wanted) && isCount(joins)) mind.want(wanted, joins, localTime(Date.now()));
  }

  #count(): void {
    holds(this.ctx.id.toString(), "live", (this.mind?.listeners ?? 0) + this.#ending.size);
  }

  /** Takes what a listener says, or tells him why not; what this version does not know is ignored. */
  #said(mind: Mind, socket: WebSocket, text: string): void {
    const says = parseListenerSays(text);
    if (says === undefined) return;
    if (typeof says !== "string") return this.perform(mind.said(socket, says, localTime(Date.now()), Math.random()));
    send(socket, formatListenerRefusal(says, mind.down.feed.endsMs));
  }

  /** Why a listener's message ends his connection; undefined if it does not. */
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

/** What the edge tells of who comes. */
function visitorOf({ headers }: Request): Visitor {
  const session = parseSessionId(headers.get(HEADER.session) ?? "");
  const address = parseAddress(headers.get(HEADER.address) ?? "");
  return { session, address };
}

/** For who must not be here: a connection that is made only to be closed, because a browser cannot read why it was refused one. */
function turnAway(request: Request, plan: Plan | undefined): Response {
  const { 0: outer, 1: inner } = new WebSocketPair();
  inner.accept();
  end(inner, ENDING.removed);
  return new Response(null, { status: 101, webSocket: outer, headers: newerPlan(request, plan) });
}

/** An answer that says no; the edge tries another leaf, or tells the listener why. */
function refuse(request: Request, mind: Mind, code: string): Response {
  const headers = newerPlan(request, mind.plan);
  headers.set(HEADER.refusal, code);
  return new Response(null, { status: code === "room-ended" ? 410 : 503, headers });
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
