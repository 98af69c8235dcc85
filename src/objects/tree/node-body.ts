import { DurableObject } from "cloudflare:workers";
import { localTime } from "../../core/ids.ts";
import { parseObject } from "../../core/json.ts";
import type { Below } from "../../core/tree/down/downstream.ts";
import type { ServingSettings } from "../../core/tree/down/listener-links.ts";
import type { Lines } from "../../core/tree/down/listeners.ts";
import { TreeNode } from "../../core/tree/node.ts";
import type { NodeEffect } from "../../core/tree/node-effect.ts";
import type { ListenerRefusal } from "../../core/tree/people/listener-says.ts";
import { type NodeRef, type Plan, parseNodeName, parsePlan } from "../../core/tree/shape/plan.ts";
import { formatTally } from "../../core/tree/up/totals.ts";
import { unreachable } from "../../core/unreachable.ts";
import { ENDING } from "../../core/wire/ending.ts";
import { ObjectUse } from "../counted.ts";
import type { Env } from "../env.ts";
import { HEADER } from "../header.ts";
import { audienceStub } from "../locate.ts";
import { bytesOf, end, hangUp, queuedOn, send, sendAll } from "../sockets.ts";
import { keptSockets, UPLINK } from "./kept-sockets.ts";
import { save, savedIn } from "./node-memory.ts";
import { acceptUplink, askParent } from "./uplink.ts";

/** The first change after a calm is told after so long, in ms: who comes with it is counted with it. */
const GATHER_MS = 50;
/** A node asks the audience who feeds now at most this often, in ms: all top nodes lose a root at the same moment, and ask it again and again. */
const LOOK_MS = 2_000;
/** The one periodic event of a node, in ms; it stands while the room is quiet, so that the object may sleep. */
const SECOND_MS = 1_000;
/** Without anybody below, the link above is let go after so long, in ms: who just reloads a page finds a warm leaf. */
const IDLE_MS = 30_000;

type Kind = { readonly below: Below; readonly keepMs: number; readonly serving?: ServingSettings };

/** The mind, once this object knows which node it is: objects do not know their own names. */
export type Mind = TreeNode<WebSocket>;

/**
 * The body that relays and leaves share: platform events in, the mind's effects out. Decides nothing.
 *
 * The link above is a socket that this object *accepted*, so it may sleep while the room is quiet and wakes with the first chunk.
 */
export abstract class NodeBody extends DurableObject<Env> {
  readonly #kind: Kind;
  readonly #lines: Lines<WebSocket> = {
    send,
    queued: queuedOn,
    heardAt: (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime(),
  };
  protected readonly use: ObjectUse;
  #mind: Mind | undefined;
  #reportedAt = 0;
  #lookedAt = 0;
  #reporting: { readonly timer: ReturnType<typeof setTimeout>; readonly at: number } | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #second: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DurableObjectState, env: Env, kind: Kind) {
    super(state, env);
    this.#kind = kind;
    this.use = new ObjectUse(kind.below === "listeners" ? "Leaf" : "Relay");
    // Answered by the runtime itself: who checks his line wakes nobody.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const name = this.ctx.storage.kv.get("name");
    if (typeof name === "string") this.#recall(name);
  }

  /** The mind, made at the first call that names the node. Undefined if the name is no node's. */
  protected mindOf(request: Request): Mind | undefined {
    this.use.request();
    // A storm of joins brings the same plan each time: only a newer one is read.
    const isNews = Number(request.headers.get(HEADER.planRevision) ?? 0) > (this.#mind?.plan?.revision ?? 0);
    const plan = isNews ? parsePlan(parseObject(request.headers.get(HEADER.plan) ?? "")) : undefined;
    return this.know(request.headers.get(HEADER.node) ?? "", plan);
  }

  /** The same, for a call that names the node by arguments. */
  protected know(name: string, plan: Plan | undefined): Mind | undefined {
    if (this.#mind === undefined && parseNodeName(name) !== undefined) {
      this.ctx.storage.kv.put("name", name);
      this.#recall(name);
    }
    if (this.#mind !== undefined && plan !== undefined) this.perform(this.#mind.learn(plan, Math.random()));
    return this.#mind;
  }

  protected get mind(): Mind | undefined {
    return this.#mind;
  }

  /** True of a dial that nobody here asked for or needs: nobody hangs below. It leaves no trace. */
  protected isUncalledFor(request: Request): boolean {
    return request.headers.has(HEADER.unasked) && this.#mind?.idle !== false;
  }

  /** The parent dials: accepted at once, so that the parent waits for nothing. */
  protected acceptUplink(mind: Mind, request: Request): Response {
    return acceptUplink(this.ctx, mind, request, mind.down.feed.newest);
  }

  /** Does what the mind decided, in order. */
  protected perform(effects: readonly NodeEffect<WebSocket>[]): void {
    for (const effect of effects) this.#do(effect);
  }

  /** To be called after anything happened: arms the next second, the report that is owed, and the rest of who has nobody below. */
  protected settle(): void {
    if (this.#mind?.wantsSeconds) this.#second ??= setTimeout(() => this.#pass(), SECOND_MS);
    if (this.#mind?.owesReport) this.#reportSoon(this.#mind.reportMs);
    if (this.#mind?.idle) this.#resting ??= setTimeout(() => this.#rest(), IDLE_MS);
  }

  /** Sound from above was handed on. */
  protected heardSound(_mind: Mind): void {}

  /** A message on a socket that is not the link above. */
  protected abstract heardBelow(mind: Mind, socket: WebSocket, message: string | ArrayBuffer): void;
  /** A socket was ended from here; the other side has yet to answer. */
  protected ended(_mind: Mind, _socket: WebSocket): void {}
  /** A socket is gone for good. */
  protected closed(_socket: WebSocket): void {}

  /** A socket that is not the link above is closed. */
  protected abstract leftBelow(mind: Mind, socket: WebSocket): void;

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.use.message();
    const mind = this.#mind;
    if (mind === undefined) return;
    const now = localTime(Date.now());
    if (!mind.isUplink(socket)) {
      // A link above that was let go may still have something to say: it is nobody's news.
      if (!this.ctx.getTags(socket).includes(UPLINK)) this.heardBelow(mind, socket, message);
    } else if (typeof message === "string") this.perform(mind.read(socket, message, now, Math.random()));
    else {
      this.perform(mind.hear(socket, bytesOf(message), now));
      this.heardSound(mind);
    }
    this.settle();
  }

  override webSocketClose(socket: WebSocket): void {
    this.#closed(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#closed(socket);
  }

  #closed(socket: WebSocket): void {
    hangUp(socket);
    this.closed(socket);
    const mind = this.#mind;
    if (mind === undefined) return;
    if (mind.isUplink(socket)) this.perform(mind.lost(socket, Math.random()));
    else this.leftBelow(mind, socket);
    this.settle();
  }

  #do(effect: NodeEffect<WebSocket>): void {
    switch (effect.do) {
      case "send":
        return send(effect.to, effect.message);
      case "send-all":
        return sendAll(this.#mind?.down.live ?? [], effect.message);
      case "deliver":
        return this.perform(this.#mind?.down.deliver(effect.to, this.#lines, localTime(Date.now())) ?? []);
      case "mark-live":
        return this.keep(effect.link, true);
      case "keep":
        return this.keep(effect.link, this.#mind?.down.isLive(effect.link) === true);
      case "refuse":
        return this.refuse(effect.link, effect.code);
      case "close":
        end(effect.link, ENDING[effect.ending]);
        if (this.#mind !== undefined) this.ended(this.#mind, effect.link);
        return this.perform(this.#mind?.lost(effect.link, Math.random()) ?? []);
      case "save":
        return save(this.ctx, effect.saved);
      case "ask":
        setTimeout(() => this.ctx.waitUntil(this.#ask(effect.ask)), effect.afterMs);
        return;
      case "wake":
        return this.wake(effect.children);
      case "redial":
        return this.redial(effect.link);
      default:
        return unreachable(effect);
    }
  }

  /** Dials children that sleep. */
  protected abstract wake(children: readonly NodeRef[]): void;
  /** Dials a child anew. */
  protected abstract redial(link: WebSocket): void;

  /** Remembers with the socket what must outlive a sleep; links that were dialed do not outlive it, and need not be marked. */
  protected keep(_link: WebSocket, _isLive: boolean): void {}
  /** Tells a listener why what he said was not taken. */
  protected refuse(_link: WebSocket, _code: ListenerRefusal): void {}

  async #ask(ask: number): Promise<void> {
    const mind = this.#mind;
    const question = mind?.question(ask);
    if (mind === undefined || question === undefined) return;
    const answer = await askParent(this.env, mind.node, question);
    if (answer.dialed) return;
    this.perform(mind.unanswered(ask, Math.random()));
    this.settle();
    const newer = answer.plan ?? (question.parent.kind === "root" ? await this.#planNow(question.plan) : undefined);
    if (newer !== undefined) this.perform(mind.learn(newer, Math.random()));
    this.settle();
  }

  /** A root that does not feed may have been replaced, and may be past saying so: the audience knows who feeds now. */
  async #planNow({ audience }: Plan): Promise<Plan | undefined> {
    if (Date.now() - this.#lookedAt < LOOK_MS) return undefined;
    this.#lookedAt = Date.now();
    return audienceStub(this.env, audience)
      .look()
      .then((known) => known?.plan)
      .catch(() => undefined);
  }

  #pass(): void {
    this.#second = undefined;
    this.perform(this.#mind?.second(localTime(Date.now()), Math.random()) ?? []);
    this.settle();
  }

  /** @param everyMs how long two reports lie apart */
  #reportSoon(everyMs: number): void {
    const now = Date.now();
    const at = Math.max(now + GATHER_MS, this.#reportedAt + everyMs);
    if (this.#reporting !== undefined && this.#reporting.at <= at) return;
    clearTimeout(this.#reporting?.timer ?? null);
    this.#reporting = { at, timer: setTimeout(() => this.#report(), at - now) };
  }

  #report(): void {
    this.#reporting = undefined;
    this.#reportedAt = Date.now();
    const report = this.#mind?.report();
    if (report === undefined) return;
    send(report.to, formatTally(report.said));
    this.perform(report.passed);
  }

  #rest(): void {
    this.#resting = undefined;
    this.perform(this.#mind?.rest() ?? []);
  }

  #recall(name: string): void {
    const node = parseNodeName(name);
    if (node === undefined) return;
    const now = localTime(Date.now());
    this.#mind = new TreeNode({ node, ...this.#kind }, savedIn(this.ctx), keptSockets(this.ctx), now);
    this.perform(this.#mind.wake(now, Math.random()));
  }
}
