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
import { watch } from "../watched.ts";
import type { Awake } from "./reign.ts";
import { continueAgain, type Founded, found, takeOver } from "./room-founding.ts";
import { type RoomRecord, RoomStore } from "./room-store.ts";
import { FastPath } from "./stage/fast-path.ts";
import { Stage } from "./stage/stage.ts";
import { noDoor } from "./stage/stage-door.ts";
import { type Addressee, doorOf } from "./told/outbox.ts";
import { type Woken, wake } from "./waking.ts";

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
  readonly #fastPath = new FastPath(() => this.#woken?.lines.ears() ?? []);
  #woken: Woken | undefined;
  #founding = false;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new RoomStore(state.storage);
    this.#alarms = new Alarms(state.storage);
    watch(this, (room) => ({ live: room.#woken?.awake.people.phase === "live" ? 1 : 0 }));
    const record = this.#store.load();
    if (record !== undefined) this.#wake(record, false);
  }

  /** Makes the room, once: of two creations at the same time, one has the name. */
  async create(ask: CreateAsk): Promise<Created | "taken"> {
    this.#use.request();
    this.requests.create++;
    if (this.#woken !== undefined || this.#founding) return "taken";
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
    if (this.#woken !== undefined) return continueAgain(this.#woken, ask);
    this.#founding = true;
    try {
      const founded = await takeOver(this.env, ask);
      return typeof founded !== "object" || "moved" in founded ? founded : this.#settle(founded);
    } finally {
      this.#founding = false;
    }
  }

  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    this.#use.request();
    this.requests.attach++;
    await this.#woken?.reign.sure;
    return this.#woken?.awake.root.attach(ask) ?? { dialed: false, why: "no such room" };
  }

  async expect(by: Bearer, expectation: Expectation, maxListeners: number): Promise<Progress | Refused | TooMany | undefined> {
    await this.#woken?.reign.sure;
    const awake = this.#expecting();
    if (awake === undefined || awake.record.movedTo !== undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "expect");
    if (refused !== undefined) return { refused };
    this.#woken?.reign.keep({ maxListeners });
    return this.#withPlanned(await awake.planting.expect(expectation, { maxListeners }));
  }

  async progress(by: Bearer): Promise<Progress | Refused | undefined> {
    const awake = this.#expecting();
    if (awake === undefined) return undefined;
    const refused = whyNot(awake, by, "expect");
    return refused === undefined ? this.#withPlanned(awake.planting.progress()) : { refused };
  }

  #withPlanned(progress: Progress): Progress {
    const planned = this.#woken?.doors.planned;
    return planned === undefined ? progress : { ...progress, planned };
  }

  async ask(by: Bearer, deed: Deed): Promise<Done | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    if (!this.#mayAsk(by)) return "too-many";
    // It may be this that woke a room whose audience is another's, or one whose doors open once it knows that they are its own.
    await this.#woken?.reign.sure;
    return this.#woken?.awake.record.movedTo === undefined ? this.#woken?.body.ask(by, deed) : undefined;
  }

  async backstage(by: Bearer): Promise<Backstage | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    const awake = this.#woken?.awake;
    if (awake === undefined || awake.record.ended || awake.record.movedTo !== undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "backstage");
    return refused === undefined ? awake.announcer.view() : { refused };
  }

  async deleteRecording(by: Bearer | "operator"): Promise<boolean | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    await this.#woken?.reign.sure;
    const awake = this.#woken?.awake;
    if (awake === undefined || awake.record.movedTo !== undefined) return undefined;
    if (by !== "operator" && !this.#mayAsk(by)) return "too-many";
    const refused = by === "operator" ? undefined : whyNot(awake, by, "delete-recording");
    if (refused !== undefined) return { refused };
    const { root, record } = awake;
    const said = { after: root.toldUpTo(record.epoch), atMs: root.roomTime };
    const wasThere = await archiveStub(this.env, record.plan.audience).deleteRecording(said);
    this.#woken?.body.handle({ type: "recording-deleted" });
    await awake.evening.erase();
    await awake.announcer.notes.now();
    return wasThere;
  }

  async evening(by: Bearer): Promise<readonly EveningRow[] | Refused | TooMany | undefined> {
    this.#use.request();
    this.requests.ask++;
    const awake = this.#woken?.awake;
    if (awake === undefined) return undefined;
    if (!this.#mayAsk(by)) return "too-many";
    const refused = whyNot(awake, by, "evening");
    return refused === undefined ? awake.evening.rows() : { refused };
  }

  async whyNotOnStage({ session, role }: Bearer): Promise<Refused | undefined> {
    this.#use.request();
    this.requests.stage++;
    const may = this.#woken === undefined ? true : mayCome(this.#woken.awake.people, session, role, Date.now());
    return may === true ? undefined : { refused: may };
  }

  async close(why: string): Promise<true | undefined> {
    this.#use.request();
    await this.#woken?.reign.sure;
    const record = this.#woken?.awake.record;
    if (record?.ended !== false || record.movedTo !== undefined) return undefined;
    this.#woken?.body.handle({ type: "closed", over: { by: "operator", why } });
    return true;
  }

  #mayAsk({ session }: Bearer): boolean {
    return this.#asks.take(session, Date.now());
  }

  #expecting(): Awake | undefined {
    this.#use.request();
    this.requests.expect++;
    const awake = this.#woken?.awake;
    return awake?.record.ended === false ? awake : undefined;
  }

  override async alarm(): Promise<void> {
    this.#use.request();
    if (this.#woken === undefined) return;
    // Whose audience is another's opens no doors.
    const { awake, reign, upkeep, doors } = this.#woken;
    await reign.sure;
    const { planting, events, evening } = awake;
    await this.#alarms.ring(Date.now(), {
      ...upkeep.chores,
      ...doors.chores,
      heartbeat: () => planting.beat(),
      webhooks: () => events.ring(),
      evening: () => evening.erase(),
    });
  }

  /** A speaker's upgrade; the edge has checked the ticket, and tells whose it is and what it says. */
  override fetch(request: Request): Response {
    this.#use.request();
    this.requests.stage++;
    return this.#woken?.lines.come(request) ?? noDoor(404, "room-unknown");
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#use.message();
    this.#woken?.lines.heard(socket, message);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#woken?.lines.left(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#woken?.lines.left(socket);
  }

  #settle({ record, created }: Founded): Created {
    this.#store.save(record);
    const { awake, reign } = this.#wake(record, true);
    const { room, chunkMs, listed, continues } = record;
    if (continues !== undefined) awake.events.note("moved", { room: continues.room, to: room });
    // One that is announced is open once its doors are.
    else if (!isClosed(awake.people)) awake.events.note("opened");
    log("room-created", { room, chunkMs, listed, continues: continues?.room });
    if (continues !== undefined) reign.takeOver();
    return created;
  }

  #wake(record: RoomRecord, isNew: boolean): Woken {
    const house = {
      state: this.ctx,
      env: this.env,
      store: this.#store,
      alarms: this.#alarms,
      stage: this.#stage,
      fastPath: this.#fastPath,
      heard: () => this.#use.message(),
      requests: () => Object.values(this.requests).reduce((sum, count) => sum + count, 0),
      doorOf: (of: RoomRecord, addressee: Addressee) => doorOf(this.env, of, addressee),
    };
    this.#woken = wake(house, record, isNew);
    return this.#woken;
  }
}

function whyNot({ people }: Awake, { session, role }: Bearer, asking: Asking): Refusal | undefined {
  const allowed = may(standingOf(people, session, role), asking);
  return allowed === true ? undefined : allowed;
}
