import { DurableObject } from "cloudflare:workers";
import type { SegmentName } from "../core/audio/segment.ts";
import { type AudienceId, localTime, parseAudienceId } from "../core/ids.ts";
import { type ArchiveEffect, ArchiveNode } from "../core/tree/archive.ts";
import { archiveOf, nodeName, type Plan, parentName } from "../core/tree/plan.ts";
import { parseSaved } from "../core/tree/saved.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import { type ArchiveCalls, type ArchiveSays, type Env, type FoundSegment, HEADER } from "./calls.ts";
import { ObjectUse } from "./counted.ts";
import { keptSockets, UPLINK } from "./kept-sockets.ts";
import { parentStub } from "./locate.ts";
import { log } from "./log.ts";
import { R2Segments, type SegmentStore, SqliteSegments } from "./segment-store.ts";
import { bytesOf, end, hangUp } from "./sockets.ts";

/** The mind's seconds, in ms. */
const SECOND_MS = 1_000;
/** While anything is held, this object is woken so often, in ms, whatever became of it: so nothing outlives its time by more. */
const TIDY_MS = 10_000;
/** A write to R2 that is not done by then has failed, in ms. */
const WRITE_MS = 10_000;

/** Times that all of a room that is over is erased, and the time between two of them, in ms: a bucket may be away for a moment. */
const ERASE_TRIES = 3;
const ERASE_MS = 1_000;

type Awake = { readonly mind: ArchiveNode<WebSocket>; readonly store: SegmentStore };

/**
 * A child of the root that turns chunks into segments and keeps them for a while. Decides nothing: platform events in, effects out.
 *
 * It is an object of its own, so that no write of its ever stands before a chunk.
 */
export class Archive extends DurableObject<Env> implements ArchiveCalls {
  /** Calls answered, by kind; listeners of the cached lane cost one per edge isolate and segment, and one a second per isolate. */
  readonly requests = { wake: 0, head: 0, segment: 0 };
  readonly #use = new ObjectUse("Archive");
  #awake: Awake | undefined;
  #second: ReturnType<typeof setTimeout> | undefined;
  /** What is done to the storage, one thing after another: nothing is written behind what erases it. */
  #storing: Promise<void> = Promise.resolve();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const audience = state.storage.kv.get("audience");
    if (typeof audience === "string") this.#recall(parseAudienceId(audience));
  }

  async wake(plan: Plan): Promise<void> {
    this.#use.request();
    this.requests.wake++;
    if (this.#awake === undefined) {
      this.ctx.storage.kv.put("audience", plan.audience);
      this.#recall(plan.audience);
    }
    this.#perform(this.#awake?.mind.roomIsLive(plan, localTime(Date.now()), Math.random()) ?? []);
    await this.#settle();
  }

  async head(secret: string): Promise<ArchiveSays | undefined> {
    this.#use.request();
    this.requests.head++;
    const mind = this.#known(secret);
    if (mind?.plan === undefined) return undefined;
    const { states, plan, bans } = mind;
    return { head: mind.head(localTime(Date.now())), states, plan, keptOut: [...bans.sessions] };
  }

  async segment(secret: string, epoch: number, index: number): Promise<FoundSegment | undefined> {
    this.#use.request();
    this.requests.segment++;
    const name: SegmentName = { epoch, index };
    const found = this.#known(secret)?.find(name, localTime(Date.now()));
    if (found === undefined) return undefined;
    const bytes = found.bytes ?? (await this.#awake?.store.read(name));
    return bytes === undefined ? undefined : { bytes, leftMs: found.leftMs };
  }

  /** `/link`: the parent dials; accepted at once, so that it waits for nothing. */
  override fetch(request: Request): Response {
    this.#use.request();
    if (this.#awake === undefined || new URL(request.url).pathname !== "/link") return new Response(null, { status: 404 });
    const { 0: outer, 1: inner } = new WebSocketPair();
    const parent = request.headers.get(HEADER.parent) ?? "";
    this.ctx.acceptWebSocket(inner, [UPLINK]);
    inner.serializeAttachment({ parent });
    this.#awake.mind.dialed(inner, parent);
    return new Response(null, { status: 101, webSocket: outer });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#use.message();
    const mind = this.#awake?.mind;
    if (mind === undefined) return;
    const now = localTime(Date.now());
    this.#perform(typeof message === "string" ? mind.read(socket, message, now, Math.random()) : mind.hear(socket, bytesOf(message), now));
    this.#settleLater();
  }

  override webSocketClose(socket: WebSocket): void {
    this.#closed(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#closed(socket);
  }

  override async alarm(): Promise<void> {
    this.#use.request();
    this.#perform(this.#awake?.mind.tidy(localTime(Date.now())) ?? []);
    await this.#settle();
  }

  #closed(socket: WebSocket): void {
    hangUp(socket);
    this.#perform(this.#awake?.mind.lost(socket, localTime(Date.now()), Math.random()) ?? []);
    this.#settleLater();
  }

  #known(secret: string): ArchiveNode<WebSocket> | undefined {
    const mind = this.#awake?.mind;
    return mind?.plan?.segments === secret ? mind : undefined;
  }

  #perform(effects: readonly ArchiveEffect<WebSocket>[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: ArchiveEffect<WebSocket>): void {
    switch (effect.do) {
      case "close":
        end(effect.link, ENDING[effect.ending]);
        return this.#perform(this.#awake?.mind.lost(effect.link, localTime(Date.now()), Math.random()) ?? []);
      case "ask":
        setTimeout(() => this.ctx.waitUntil(this.#ask(effect.ask)), effect.afterMs);
        return;
      case "save":
        this.ctx.waitUntil(this.ctx.storage.put("saved", JSON.stringify(effect.saved), { allowUnconfirmed: true }));
        return;
      case "write":
        return this.#store(() => this.#write(effect));
      case "erase":
        return this.#store(() => this.#erase(effect.names));
      case "erase-all":
        return this.#store(() => this.#eraseAll());
      default:
        return unreachable(effect);
    }
  }

  #store(work: () => Promise<void>): void {
    this.#storing = this.#storing.then(work).catch((fault: unknown) => log("storage-failed", { why: String(fault) }));
    this.ctx.waitUntil(this.#storing);
  }

  async #ask(ask: number): Promise<void> {
    const mind = this.#awake?.mind;
    const question = mind?.question(ask);
    if (mind === undefined || question === undefined) return;
    const { parent, plan, from } = question;
    const node = nodeName(archiveOf(plan.audience));
    const answer = await parentStub(this.env, parent)
      .attach({ node, from, plan, parent: parentName(parent) })
      .catch((fault: unknown) => ({ dialed: false, why: String(fault) }) as const);
    if (answer.dialed) return log("attached", { node });
    log("attach-failed", { node, why: answer.why });
    this.#perform(mind.unanswered(ask, localTime(Date.now()), Math.random()));
    await this.#settle();
  }

  async #write({ segment, closedAt }: Extract<ArchiveEffect<WebSocket>, { do: "write" }>): Promise<void> {
    const awake = this.#awake;
    if (awake === undefined) return;
    try {
      await within(WRITE_MS, awake.store.write(segment, closedAt));
      this.#perform(awake.mind.written(segment, localTime(Date.now())));
    } catch (fault) {
      log("segment-not-stored", { epoch: segment.epoch, index: segment.index, why: String(fault) });
      awake.mind.failed(segment, localTime(Date.now()));
    }
    await this.#settle();
  }

  async #erase(names: readonly SegmentName[]): Promise<void> {
    await this.#awake?.store.erase(names).catch((fault: unknown) => log("segments-not-erased", { why: String(fault) }));
  }

  /** What R2 does not let go of in a few tries is in nobody's index any more; its lifecycle rule is the last resort (wrangler.toml). */
  async #eraseAll(): Promise<void> {
    const store = this.#awake?.store;
    for (let attempt = 0; store !== undefined && store.list().length > 0 && attempt < ERASE_TRIES; attempt++) {
      if (attempt > 0) await new Promise((wake) => setTimeout(wake, ERASE_MS));
      await this.#erase(store.list());
    }
    clearTimeout(this.#second ?? null);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  #settleLater(): void {
    if (this.#awake?.mind.wantsSeconds) this.#arm();
  }

  /** To be called after anything happened: arms the next second, and the alarm that outlives this object's sleep. */
  async #settle(): Promise<void> {
    this.#settleLater();
    if (this.#awake?.mind.wantsToRest && (await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + TIDY_MS);
    }
  }

  #arm(): void {
    this.#second ??= setTimeout(() => {
      this.#second = undefined;
      this.#perform(this.#awake?.mind.second(localTime(Date.now()), Math.random()) ?? []);
      this.#settleLater();
    }, SECOND_MS);
  }

  #recall(audience: AudienceId | undefined): void {
    if (audience === undefined) return;
    const index = new SqliteSegments(this.ctx.storage.sql);
    const bucket = this.env.SEGMENTS;
    const store = bucket === undefined ? index : new R2Segments(bucket, `segments/${audience}`, index);
    const stored = this.ctx.storage.kv.get("saved");
    const saved = typeof stored === "string" ? parseSaved(stored) : undefined;
    const now = localTime(Date.now());
    const { above } = keptSockets(this.ctx);
    this.#awake = { store, mind: new ArchiveNode<WebSocket>(audience, saved, store.list(), above, now) };
    this.#perform(this.#awake.mind.wake(now, Math.random()));
    this.ctx.waitUntil(this.#settle());
  }
}

/** @throws after `ms` if `work` is not done */
function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  return new Promise((done, fail) => {
    const late = setTimeout(fail, ms, new Error(`not done within ${ms} ms`));
    work.then(done, fail).finally(() => clearTimeout(late));
  });
}
