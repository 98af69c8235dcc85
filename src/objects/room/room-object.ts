import { DurableObject } from "cloudflare:workers";
import type { EveningRow } from "../../core/evening.ts";
import { RateLimit } from "../../core/rate-limit.ts";
import type { Refusal } from "../../core/room/refusals.ts";
import { may } from "../../core/room/roles.ts";
import { isClosed } from "../../core/room/schedule.ts";
import { mayCome } from "../../core/room/stage.ts";
import { standingOf } from "../../core/room/state.ts";
import type { Asking, Deed } from "../../core/room/verbs.ts";
import type { Expectation, Progress } from "../../core/tree/shape/plant.ts";
import { Alarms } from "../alarms.ts";
import type { AttachAnswer, AttachAsk } from "../calls/parent.ts";
import type { Backstage, Bearer, ContinueAsk, CreateAsk, Created, Done, NotContinued, Refused, RoomCalls, TooMany } from "../calls/room.ts";
import { ObjectUse } from "../counted.ts";
import type { Env } from "../env.ts";
import { archiveStub } from "../locate.ts";
import { log } from "../log.ts";
import { isRecordable } from "../recordable.ts";
import { watch } from "../watched.ts";
import { Doors } from "./doors.ts";
import { idleMsOf } from "./idle.ts";
import { type Awake, Reign } from "./reign.ts";
import { RoomBody } from "./room-body.ts";
import { createdAgain, type Founded, found, takeOver, whyNotAgain } from "./room-founding.ts";
import { type RoomRecord, RoomStore } from "./room-store.ts";
import { CrowdMemory } from "./root/crowd-memory.ts";
import { EveningKeeper } from "./root/evening.ts";
import { Lease } from "./root/lease.ts";
import { Planting } from "./root/planting.ts";
import { Root } from "./root/root.ts";
import { FastPath } from "./stage/fast-path.ts";
import { Stage } from "./stage/stage.ts";
import { noDoor } from "./stage/stage-door.ts";
import { StageLines } from "./stage-lines.ts";
import { Announcer } from "./told/announcer.ts";
import { doorOf, Outbox } from "./told/outbox.ts";
import { Upkeep } from "./upkeep.ts";

/** What one session may ask for by HTTP within a second: nobody clicks faster, and each costs a request and may be told to everybody. */
const ASKS_PER_SECOND = 30;

/** The authoritative room: keeps what is decided, seats the speakers, and is the root of the tree while live. */
export class Room extends DurableObject<Env> implements RoomCalls {
  /** Calls that this object has answered, by kind; joins of listeners must never add to it. */
  readonly requests = { create: 0, attach: 0, stage: 0, expect: 0, ask: 0 };
  readonly #asks = new RateLimit(ASKS_PER_SECOND, 1_000);
  readonly #use = new ObjectUse("Room");
  readonly #store: RoomStore;
  readonly #alarms: Alarms;
  readonly #stage = new Stage();
  readonly #fastPath = new FastPath(() => this.#lines?.ears() ?? []);
  #awake: Awake | undefined;
  #reign: Reign | undefined;
  #body: RoomBody | undefined;
  #lines: StageLines | undefined;
  #upkeep: Upkeep | undefined;
  #doors: Doors | undefined;
  #founding = false;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new RoomStore(state.storage);
    this.#alarms = new Alarms(state.storage);
    watch(this, (room) => ({ live: room.#awake?.people.phase === "live" ? 1 : 0 }));
    const record = this.#store.load();
    if (record !== undefined) this.#wake(record, false);
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
    if (this.#awake !== undefined) return this.#continuedAgain(this.#awake, ask);
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

  /** By the same successor: from the first answer he knows whom the room tells, and may want it otherwise. */
  async #continuedAgain(awake: Awake, ask: ContinueAsk): Promise<Created | NotContinued> {
    const why = whyNotAgain(awake.record, ask);
    if (why !== undefined) return why;
    if (ask.webhook !== undefined) {
      this.#reign?.keep({ webhook: ask.webhook ?? undefined });
      awake.announcer.notes.bequeath();
    }
    return createdAgain(awake.record);
  }

  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    this.#use.request();
    this.requests.attach++;
    await this.#reign?.sure;
    return this.#awake?.root.attach(ask) ?? { dialed: false, why: "no such room" };
  }

  async expect(by: Bearer, expectation: Expectation, maxListeners: number): Promise<Progress | Refused | TooMany | undefined> {
    const awake = this.#expecting();
    if (awake === undefined || awake.record.movedTo !== undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "expect");
    if (refused !== undefined) return { refused };
    this.#reign?.keep({ maxListeners });
    return this.#withPlanned(await awake.planting.expect(expectation, { maxListeners }));
  }

  async progress(by: Bearer): Promise<Progress | Refused | undefined> {
    const awake = this.#expecting();
    if (awake === undefined) return undefined;
    const refused = whyNot(awake, by, "expect");
    return refused === undefined ? this.#withPlanned(awake.planting.progress()) : { refused };
  }

  #withPlanned(progress: Progress): Progress {
    const planned = this.#doors?.planned;
    return planned === undefined ? progress : { ...progress, planned };
  }

  async ask(by: Bearer, deed: Deed): Promise<Done | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    if (!this.#mayAsk(by)) return "too-many";
    // It may be this that woke a room whose audience is another's, or one whose doors open once it knows that they are its own.
    await this.#reign?.sure;
    return this.#awake?.record.movedTo === undefined ? this.#body?.ask(by, deed) : undefined;
  }

  async backstage(by: Bearer): Promise<Backstage | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    const awake = this.#awake;
    if (awake === undefined || awake.record.ended || awake.record.movedTo !== undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "backstage");
    return refused === undefined ? awake.announcer.view() : { refused };
  }

  async deleteRecording(by: Bearer | "operator"): Promise<boolean | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    const awake = this.#awake;
    if (awake === undefined || awake.record.movedTo !== undefined) return undefined;
    if (by !== "operator" && !this.#mayAsk(by)) return "too-many";
    const refused = by === "operator" ? undefined : whyNot(awake, by, "delete-recording");
    if (refused !== undefined) return { refused };
    const { root, record } = awake;
    const said = { after: root.toldUpTo(record.epoch), atMs: root.roomTime };
    const wasThere = await archiveStub(this.env, record.plan.audience).deleteRecording(said);
    this.#body?.handle({ type: "recording-deleted" });
    await awake.evening.erase();
    await awake.announcer.notes.now();
    return wasThere;
  }

  async evening(by: Bearer): Promise<readonly EveningRow[] | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    const awake = this.#awake;
    if (awake === undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "evening");
    return refused === undefined ? awake.evening.rows() : { refused };
  }

  async whyNotOnStage({ session, role }: Bearer): Promise<Refused | undefined> {
    this.#use.request();
    this.requests.stage++;
    const may = this.#awake === undefined ? true : mayCome(this.#awake.people, session, role, Date.now());
    return may === true ? undefined : { refused: may };
  }

  async close(why: string): Promise<true | undefined> {
    this.#use.request();
    if (this.#awake?.record.ended !== false || this.#awake.record.movedTo !== undefined) return undefined;
    this.#body?.handle({ type: "closed", over: { by: "operator", why } });
    return true;
  }

  #mayAsk({ session }: Bearer): boolean {
    return this.#asks.take(session, Date.now());
  }

  #expecting(): Awake | undefined {
    this.#use.request();
    this.requests.expect++;
    return this.#awake?.record.ended === false ? this.#awake : undefined;
  }

  override async alarm(): Promise<void> {
    this.#use.request();
    if (this.#awake === undefined || this.#upkeep === undefined || this.#doors === undefined) return;
    // Whose audience is another's opens no doors.
    await this.#reign?.sure;
    const { planting, events, evening } = this.#awake;
    await this.#alarms.ring(Date.now(), {
      ...this.#upkeep.chores,
      ...this.#doors.chores,
      heartbeat: () => planting.beat(),
      webhooks: () => events.ring(),
      evening: () => evening.erase(),
    });
  }

  /** A speaker's upgrade; the edge has checked the ticket, and tells whose it is and what it says. */
  override fetch(request: Request): Response {
    this.#use.request();
    this.requests.stage++;
    return this.#lines?.come(request) ?? noDoor(404, "room-unknown");
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#use.message();
    this.#lines?.heard(socket, message);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#lines?.left(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#lines?.left(socket);
  }

  #settle({ record, created }: Founded): Created {
    this.#store.save(record);
    const { events, people } = this.#wake(record, true);
    const { room, chunkMs, listed, continues } = record;
    if (continues !== undefined) events.note("moved", { room: continues.room, to: room });
    // One that is announced is open once its doors are.
    else if (!isClosed(people)) events.note("opened");
    log("room-created", { room, chunkMs, listed, continues: continues?.room });
    return created;
  }

  /** @param isNew it was made just now, not found in its storage */
  #wake(record: RoomRecord, isNew: boolean): Awake {
    const lease = new Lease(this.ctx.storage, (why) => reign.retire(why));
    const root = new Root(this.env, record, lease, {
      heard: () => this.#use.message(),
      counted: () => {
        if (root.listeners > 0) upkeep.used();
        awake.announcer.counted();
        memory.changed();
      },
      asked: (asks) => body.listenersAsked(asks),
      reacted: (counts) => {
        awake.announcer.reacted(counts);
        memory.changed();
      },
      grow: (plan) => this.ctx.waitUntil(awake.planting.grow(plan)),
      steppedIn: (voices) => {
        for (const voice of awake.people.steppedIn) if (!voices.includes(voice)) this.#fastPath.silence(voice);
        body.handle({ type: "stepped-in", voices });
      },
      doubted: () => reign.doubt(),
    });
    // The epoch that was claimed with another room's audience; in a later life of this object it may be half told already.
    if (isNew && record.continues !== undefined) root.begin(record.epoch, record.chunkMs);
    const memory = new CrowdMemory(this.ctx.storage, root);
    const awake: Awake = {
      record,
      people: { ...this.#store.people(record), recordable: isRecordable(this.env) },
      root,
      announcer: new Announcer(
        this.env,
        this.#stage,
        root,
        this.#store.nextRevision(),
        () => awake,
        (work) => this.ctx.waitUntil(work),
        (moved) => {
          if (awake.record.movedTo === undefined) this.ctx.waitUntil(upkeep.gone());
          reign.lose(moved);
        },
      ),
      planting: new Planting(this.#alarms, this.#store, root, (plan) => {
        awake.record = { ...awake.record, plan };
        this.ctx.waitUntil(awake.announcer.notes.now());
      }),
      evening: new EveningKeeper(this.ctx.storage, this.#alarms, {
        root,
        isWanted: () => awake.people.phase === "live" && awake.record.movedTo === undefined,
        requests: () => Object.values(this.requests).reduce((sum, count) => sum + count, 0),
      }),
      events: new Outbox(this.ctx, this.#alarms, {
        sender: () => ({ room: record.room, title: awake.people.title }),
        doorOf: (addressee) => doorOf(this.env, awake.record, addressee),
        outlive: (work) => this.ctx.waitUntil(work),
      }),
    };
    const upkeep = new Upkeep(this.env, this.#alarms, this.#store, awake, idleMsOf(this.env), {
      isUsed: () => this.#stage.size > 0 || root.listeners > 0,
      handle: (event) => body.handle(event),
    });
    const doors = new Doors(this.#alarms, awake, (event) => body.handle(event));
    const limbs = { store: this.#store, stage: this.#stage, fastPath: this.#fastPath, upkeep, doors };
    const body = new RoomBody(this.ctx, this.env, limbs, awake, () => reign);
    const reign = new Reign(this.ctx, this.env, this.#store, this.#stage, awake, (event) => body.handle(event));
    this.#awake = awake;
    this.#reign = reign;
    const lines = new StageLines(this.ctx, this.env, { ...limbs, body, reign }, awake);
    this.#body = body;
    this.#lines = lines;
    this.#upkeep = upkeep;
    this.#doors = doors;
    doors.arrange();
    this.ctx.waitUntil(upkeep.wake());
    // A lock is decided before it is stored in the plan, and this object may have died between the two.
    this.ctx.waitUntil(awake.planting.lock(() => awake.people.locked));
    body.handle({ type: "woke" });
    lines.restore();
    const told = awake.announcer.tellAll();
    if (record.continues !== undefined) awake.announcer.tellAdopted(record.continues.room);
    reign.doubt(told);
    this.ctx.waitUntil(reign.sure.then(() => body.handle({ type: "sure" })));
    return awake;
  }
}

function whyNot({ people }: Awake, { session, role }: Bearer, asking: Asking): Refusal | undefined {
  const allowed = may(standingOf(people, session, role), asking);
  return allowed === true ? undefined : allowed;
}
