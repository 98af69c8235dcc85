import { DurableObject } from "cloudflare:workers";
import { LayoutMemory } from "../../core/audio/layout-memory.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import { type AudienceId, localTime, parseAudienceId } from "../../core/ids.ts";
import { type ArchiveEffect, ArchiveNode } from "../../core/tree/archive/archive.ts";
import type { SaidUpTo } from "../../core/tree/archive/keeping.ts";
import type { ToStore } from "../../core/tree/archive/shelf.ts";
import { archiveOf, type Plan } from "../../core/tree/shape/plan.ts";
import { unreachable } from "../../core/unreachable.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { ArchiveCalls, ArchiveSays, CaptionPlace, CaptionsPage, FoundSegment, RecordingSays, TrackSays } from "../calls/archive.ts";
import { ObjectUse } from "../counted.ts";
import type { Env } from "../env.ts";
import { audienceStub } from "../locate.ts";
import { log } from "../log.ts";
import { bytesOf, end, hangUp } from "../sockets.ts";
import { keptSockets } from "../tree/kept-sockets.ts";
import { save, savedIn } from "../tree/node-memory.ts";
import { acceptUplink, askParent } from "../tree/uplink.ts";
import { ArchiveStorage } from "./archive-storage.ts";
import { segmentStore } from "./segment-store.ts";

/** The mind's seconds, in ms. */
const SECOND_MS = 1_000;
/** Most segments that may be asked for at once. */
const MOST_ASKED = 1_000;
/** An alarm that would ring this much earlier than the one that is set is not worth a write, in ms. */
const ALARM_SLACK_MS = 1_000;

type Awake = { readonly mind: ArchiveNode<WebSocket>; readonly storage: ArchiveStorage };

/**
 * A child of the root that turns chunks into segments and keeps them for a while. Decides nothing: platform events in, effects out.
 *
 * It is an object of its own, so that no write of its ever stands before a chunk.
 */
export class Archive extends DurableObject<Env> implements ArchiveCalls {
  /** Calls answered, by kind; listeners of the cached lane cost one per edge isolate and segment, and one a second per isolate. */
  readonly requests = { wake: 0, head: 0, segment: 0, recording: 0 };
  readonly #use = new ObjectUse("Archive");
  readonly #layouts = new LayoutMemory();
  #awake: Awake | undefined;
  #second: ReturnType<typeof setTimeout> | undefined;

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
    const { states, plan, bans, keptRuns } = mind;
    return { head: mind.head(localTime(Date.now())), states, plan, keptOut: [...bans.sessions], kept: keptRuns };
  }

  async segment(secret: string, epoch: number, index: number): Promise<FoundSegment | undefined> {
    this.#use.request();
    this.requests.segment++;
    const name: SegmentName = { epoch, index };
    const found = this.#known(secret)?.find(name, localTime(Date.now()));
    if (found === undefined) return undefined;
    const bytes = found.bytes ?? (await this.#awake?.storage.segments.read(name));
    // It may have been deleted while it was read.
    return bytes === undefined || this.#known(secret)?.find(name, localTime(Date.now())) === undefined
      ? undefined
      : { bytes, leftMs: found.leftMs };
  }

  async recording(secret: string): Promise<RecordingSays | undefined> {
    this.#use.request();
    this.requests.recording++;
    const mind = this.#known(secret);
    const kept = mind?.kept;
    if (mind?.plan === undefined || kept === undefined) return undefined;
    return { ...kept, plan: mind.plan, keptOut: [...mind.bans.sessions] };
  }

  async owes(secret: string): Promise<boolean> {
    this.#use.request();
    this.requests.recording++;
    const mind = this.#known(secret);
    return mind !== undefined && (!mind.ended || mind.owesKept);
  }

  async captions(secret: string, after?: CaptionPlace): Promise<CaptionsPage | undefined> {
    this.#use.request();
    this.requests.recording++;
    const people = this.#known(secret)?.kept?.recording.people;
    if (people === undefined) return undefined;
    const tracks = new Map(people.flatMap(({ track, voices }) => voices.map(({ epoch, voice }) => [`${epoch}/${voice}`, track])));
    return this.#awake?.storage.lines((epoch, voice) => tracks.get(`${epoch}/${voice}`), after);
  }

  async track(secret: string, track: number): Promise<TrackSays | undefined> {
    this.#use.request();
    this.requests.recording++;
    const awake = this.#awake;
    const recording = this.#known(secret)?.kept?.recording;
    const person = recording?.people.find((one) => one.track === track);
    if (awake === undefined || recording === undefined || person === undefined) return undefined;
    const layout = this.#layouts.layOut(person, recording.runs, (name) => awake.storage.segments.framesOf(name));
    return { ...layout, runs: recording.runs, person };
  }

  async segments(
    secret: string,
    names: readonly SegmentName[],
  ): Promise<readonly (SegmentName & { readonly bytes: Uint8Array<ArrayBuffer> })[] | undefined> {
    this.#use.request();
    this.requests.segment++;
    const mind = this.#known(secret);
    if (mind?.kept === undefined) return undefined;
    const found = await this.#awake?.storage.read(names.slice(0, MOST_ASKED).filter((name) => mind.keeps(name)));
    return found?.filter((name) => mind.keeps(name));
  }

  async deleteRecording(said: SaidUpTo): Promise<boolean> {
    this.#use.request();
    this.requests.recording++;
    const mind = this.#awake?.mind;
    if (mind === undefined) return false;
    const wasThere = mind.keepsAny;
    // Also where nothing is: what was said so far may still come, from who feeds this archive.
    this.#perform(mind.deleteKept(localTime(Date.now()), said));
    await this.#settle();
    // Whoever is told that it is gone finds it gone, also if this object dies now.
    await this.ctx.storage.sync();
    if (wasThere) log("recording-deleted", { audience: mind.plan?.audience });
    return wasThere;
  }

  /** `/link`: the parent dials. */
  override fetch(request: Request): Response {
    this.#use.request();
    if (this.#awake === undefined || new URL(request.url).pathname !== "/link") return new Response(null, { status: 404 });
    return acceptUplink(this.ctx, this.#awake.mind, request);
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
        return save(this.ctx, effect.saved);
      case "keep":
        return this.#awake?.storage.keep(effect.keeping);
      case "keep-line":
        return this.#awake?.storage.keepLine(effect.line);
      case "write":
        this.ctx.waitUntil(this.#write(effect.segment));
        return;
      case "erase":
        return this.#outlive(this.#awake?.storage.erase(effect.names));
      case "erase-kept":
        this.#layouts.forget();
        return this.#outlive(this.#awake?.storage.eraseKept());
      case "ask-if-over":
        return this.#outlive(this.#askIfOver());
      case "erase-all":
        clearTimeout(this.#second ?? null);
        this.#second = undefined;
        return this.#outlive(this.#awake?.storage.eraseAll());
      default:
        return unreachable(effect);
    }
  }

  #outlive(work: Promise<void> | undefined): void {
    if (work !== undefined) this.ctx.waitUntil(work.catch((fault: unknown) => log("storage-failed", { why: String(fault) })));
  }

  /** A room that ended while this archive could not be told is over all the same: what is kept of it has its time from there. */
  async #askIfOver(): Promise<void> {
    const mind = this.#awake?.mind;
    const known = mind?.plan === undefined ? undefined : await audienceStub(this.env, mind.plan.audience).look();
    if (known?.summary.phase === "ended") this.#perform(mind?.over(localTime(Date.now())) ?? []);
    await this.#settle();
  }

  async #ask(ask: number): Promise<void> {
    const mind = this.#awake?.mind;
    const question = mind?.question(ask);
    if (mind === undefined || question === undefined) return;
    const answer = await askParent(this.env, archiveOf(question.plan.audience), question);
    if (answer.dialed) return;
    this.#perform(mind.unanswered(ask, localTime(Date.now()), Math.random()));
    await this.#settle();
  }

  async #write(segment: ToStore): Promise<void> {
    const awake = this.#awake;
    if (awake === undefined) return;
    const isWritten = await awake.storage.write(segment);
    if (isWritten) this.#perform(awake.mind.written(segment, localTime(Date.now())));
    else awake.mind.failed(segment, localTime(Date.now()));
    await this.#settle();
  }

  #settleLater(): void {
    if (this.#awake?.mind.wantsSeconds) this.#arm();
  }

  /** To be called after anything happened: arms the next second, and the alarm that outlives this object's sleep. */
  async #settle(): Promise<void> {
    this.#settleLater();
    const at = this.#awake?.mind.wakesAt(localTime(Date.now()));
    if (at === undefined) return;
    const before = await this.ctx.storage.getAlarm();
    if (before === null || before > at + ALARM_SLACK_MS) await this.ctx.storage.setAlarm(at);
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
    const storage = new ArchiveStorage(this.ctx, segmentStore(this.ctx.storage.sql, this.env.SEGMENTS, audience));
    const now = localTime(Date.now());
    const { above } = keptSockets(this.ctx);
    this.#awake = {
      storage,
      mind: new ArchiveNode<WebSocket>(audience, savedIn(this.ctx), storage.segments.list(), above, now, storage.keeping()),
    };
    this.#perform(this.#awake.mind.wake(now, Math.random()));
    this.ctx.waitUntil(this.#settle());
  }
}
