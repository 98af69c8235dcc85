import { DurableObject } from "cloudflare:workers";
import { localTime } from "../core/ids.ts";
import { parseObject } from "../core/json.ts";
import type { Below } from "../core/tree/downstream.ts";
import { type NodeEffect, parseSaved, TreeNode } from "../core/tree/node.ts";
import { nodeName, type Plan, parseNodeName, parsePlan } from "../core/tree/plan.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import { type Env, HEADER } from "./calls.ts";
import { parentStub } from "./locate.ts";
import { log } from "./log.ts";
import { bytesOf, end, send, sendAll } from "./sockets.ts";

/** Marks an accepted socket as the link above. */
const UPLINK = "uplink";
/** No link carries more than one report in this time, in ms. */
const REPORT_MS = 1_000;
/** The first change after a calm is told after so long, in ms: who comes with it is counted with it. */
const GATHER_MS = 50;
/** Without anybody below, the link above is let go after so long, in ms: who just reloads a page finds a warm leaf. */
const IDLE_MS = 30_000;

type Kind = { readonly below: Below; readonly keepMs: number };

/** The mind, once this object knows which node it is: objects do not know their own names. */
export type Mind = TreeNode<WebSocket>;

/**
 * The body that relays and leaves share: platform events in, the mind's effects out. Decides nothing.
 *
 * The link above is a socket that this object *accepted*, so it may sleep while the room is quiet and wakes with the first chunk.
 */
export abstract class NodeBody extends DurableObject<Env> {
  readonly #kind: Kind;
  #mind: Mind | undefined;
  #reportedAt = 0;
  #reporting: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DurableObjectState, env: Env, kind: Kind) {
    super(state, env);
    this.#kind = kind;
    // Answered by the runtime itself: who checks his line wakes nobody.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const name = this.ctx.storage.kv.get("name");
    if (typeof name === "string") this.#mind = this.#recall(name);
  }

  /** The mind, made at the first call that names the node. Undefined if the name is no node's. */
  protected mindOf(request: Request): Mind | undefined {
    const plan = request.headers.get(HEADER.plan);
    return this.know(request.headers.get(HEADER.node) ?? "", plan === null ? undefined : parsePlan(parseObject(plan)));
  }

  /** The same, for a call that names the node by arguments. */
  protected know(name: string, plan: Plan | undefined): Mind | undefined {
    if (this.#mind === undefined && parseNodeName(name) !== undefined) {
      this.ctx.storage.kv.put("name", name);
      this.#mind = this.#recall(name);
    }
    if (this.#mind !== undefined && plan !== undefined) this.perform(this.#mind.learn(plan));
    return this.#mind;
  }

  protected get mind(): Mind | undefined {
    return this.#mind;
  }

  /** The parent dials: accepted at once, so that the parent waits for nothing. */
  protected acceptUplink(mind: Mind): Response {
    const { 0: outer, 1: inner } = new WebSocketPair();
    inner.binaryType = "arraybuffer";
    this.ctx.acceptWebSocket(inner, [UPLINK]);
    mind.dialed(inner);
    return new Response(null, { status: 101, webSocket: outer });
  }

  /** Does what the mind decided, in order. */
  protected perform(effects: readonly NodeEffect<WebSocket>[]): void {
    for (const effect of effects) this.#do(effect);
  }

  /** To be called after anything happened: arms the report that is owed, and the rest of who has nobody below. */
  protected settle(): void {
    if (this.#mind?.owesReport && this.#reporting === undefined) {
      const sinceMs = Date.now() - this.#reportedAt;
      this.#reporting = setTimeout(() => this.#report(), Math.max(GATHER_MS, REPORT_MS - sinceMs));
    }
    if (this.#mind?.idle) this.#resting ??= setTimeout(() => this.#rest(), IDLE_MS);
  }

  /** A message on a socket that is not the link above. */
  protected abstract heardBelow(mind: Mind, socket: WebSocket, message: string | ArrayBuffer): void;
  /** A socket that is not the link above is closed. */
  protected abstract leftBelow(mind: Mind, socket: WebSocket): void;

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const mind = this.#mind;
    if (mind === undefined) return;
    if (!mind.isUplink(socket)) this.heardBelow(mind, socket, message);
    else if (typeof message === "string") this.perform(mind.read(socket, message, localTime(Date.now())));
    else this.perform(mind.hear(socket, bytesOf(message), localTime(Date.now())));
    this.settle();
  }

  override webSocketClose(socket: WebSocket): void {
    this.#closed(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#closed(socket);
  }

  #closed(socket: WebSocket): void {
    end(socket, ENDING.uprooted);
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
      case "close":
        end(effect.link, ENDING[effect.ending]);
        return this.perform(this.#mind?.lost(effect.link, Math.random()) ?? []);
      case "save":
        // Unconfirmed: no sound waits for a disk. What is lost in a crash is told again by the parent.
        this.ctx.waitUntil(this.ctx.storage.put("saved", JSON.stringify(effect.saved), { allowUnconfirmed: true }));
        return;
      case "ask":
        setTimeout(() => this.ctx.waitUntil(this.#ask(effect)), effect.afterMs);
        return;
      default:
        return unreachable(effect);
    }
  }

  async #ask(effect: Extract<NodeEffect<WebSocket>, { do: "ask" }>): Promise<void> {
    const mind = this.#mind;
    if (mind === undefined) return;
    const node = nodeName(mind.node);
    const { parent, from, plan } = effect;
    const answer = await parentStub(this.env, parent)
      .attach({ node, from, plan, parent: parent.kind === "root" ? parent.room : nodeName(parent.node) })
      .catch((fault: unknown) => ({ dialed: false, why: String(fault) }) as const);
    if (answer.dialed) return log("attached", { node });
    log("attach-failed", { node, why: answer.why });
    this.perform(mind.unanswered(Math.random()));
  }

  #report(): void {
    this.#reporting = undefined;
    this.#reportedAt = Date.now();
    const report = this.#mind?.report();
    if (report !== undefined) send(report.to, report.text);
  }

  #rest(): void {
    this.#resting = undefined;
    this.perform(this.#mind?.rest() ?? []);
  }

  #recall(name: string): Mind | undefined {
    const node = parseNodeName(name);
    if (node === undefined) return undefined;
    const stored = this.ctx.storage.kv.get("saved");
    const saved = typeof stored === "string" ? parseSaved(stored) : undefined;
    const [uplink] = this.ctx.getWebSockets(UPLINK);
    const below = this.ctx.getWebSockets().filter((socket) => !this.ctx.getTags(socket).includes(UPLINK));
    return new TreeNode({ node, ...this.#kind }, saved, below, uplink, localTime(Date.now()));
  }
}
