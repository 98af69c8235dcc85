import { DurableObject } from "cloudflare:workers";
import type { AudienceId, RoomId, SessionId } from "../../core/ids.ts";
import {
  type Adoption,
  type AudienceAnswer,
  type AudienceEvent,
  type Claimed,
  decideAudience,
  type Move,
  type Moved,
  moveFrom,
  NO_AUDIENCE,
  type Outcast,
  type Audience as State,
  seenBy,
} from "../../core/tree/shape/audience.ts";
import { parsePlan } from "../../core/tree/shape/plan.ts";
import type { AudienceCalls, Known, Legacy, Summary } from "../calls/audience.ts";
import { ObjectUse } from "../counted.ts";
import type { Env } from "../env.ts";
import { audienceStub } from "../locate.ts";
import { log } from "../log.ts";

/** The tree's identity: its plan, which epoch it is in, and who feeds it. Asked at starts and by cold edges, never per join. */
export class Audience extends DurableObject<Env> implements AudienceCalls {
  /** Calls that this object has answered, by kind; joins add one `look` per cold edge isolate, never one each. */
  readonly requests = { open: 0, look: 0, claim: 0, note: 0, adopt: 0 };
  readonly #use = new ObjectUse("Audience");
  #audience: State<Summary, Legacy>;
  /** The room that this object is named after, if that has another's audience. */
  #room: RoomId | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#audience = this.#load();
    this.#room = state.storage.kv.get<RoomId>("room");
  }

  async open(known: Known, legacy: Legacy): Promise<"taken" | undefined> {
    this.#use.request();
    this.requests.open++;
    // A room that took an audience over and was cut off before it knew: its name is its own, and who made it asks again with his ticket.
    const { follows } = this.#audience;
    const followed = follows === undefined || this.#room === undefined ? undefined : await audienceStub(this.env, follows).look(this.#room);
    if (followed?.plan.root === known.summary.room) return "taken";
    this.#decide({ type: "open", known, legacy });
    return undefined;
  }

  async look(room?: RoomId): Promise<Known | undefined> {
    this.#use.request();
    this.requests.look++;
    const { follows, known } = this.#audience;
    if (follows !== undefined && this.#room !== undefined) {
      const followed = await audienceStub(this.env, follows).look(this.#room);
      return followed === undefined ? undefined : { ...followed };
    }
    return room === undefined ? known : seenBy(this.#audience, room);
  }

  async moveFrom(room: RoomId): Promise<Move | undefined> {
    this.#use.request();
    return moveFrom(this.#audience, room);
  }

  async claim(root: RoomId): Promise<Claimed<Legacy> | Moved | undefined> {
    this.#use.request();
    this.requests.claim++;
    const answer = this.#decide({ type: "claim", root });
    if (typeof answer === "object" && "epoch" in answer) {
      log("epoch-claimed", { audience: answer.plan.audience, root, epoch: answer.epoch });
    }
    return typeof answer === "object" ? answer : undefined;
  }

  async adopt(adoption: Adoption<Summary>): Promise<AudienceAnswer<Legacy>> {
    this.#use.request();
    this.requests.adopt++;
    const answer = this.#decide({ type: "adopt", adoption });
    const { from, summary } = adoption;
    log("adoption", { from, to: summary.room, won: typeof answer === "object" && "epoch" in answer });
    return answer;
  }

  async keepOut(root: RoomId, outcasts: readonly Outcast[]): Promise<void> {
    this.#use.request();
    this.#decide({ type: "keep-out", root, outcasts });
  }

  async bequeath(root: RoomId, legacy: Legacy): Promise<void> {
    this.#use.request();
    this.#decide({ type: "bequeath", root, legacy });
  }

  async outcasts(): Promise<readonly SessionId[]> {
    this.#use.request();
    return this.#audience.outcasts.map(({ session }) => session);
  }

  async follow(room: RoomId, audience: AudienceId): Promise<void> {
    this.#use.request();
    this.#decide({ type: "follow", audience });
    this.#room = room;
    this.ctx.storage.kv.put("room", room);
  }

  async note(known: Known): Promise<Moved | undefined> {
    this.#use.request();
    this.requests.note++;
    const answer = this.#decide({ type: "note", known });
    return typeof answer === "object" && "moved" in answer ? answer : undefined;
  }

  /** Saved before it is answered: the runtime holds the answer back until the write is safe. */
  #decide(event: AudienceEvent<Summary, Legacy>): AudienceAnswer<Legacy> {
    const { audience, answer } = decideAudience(this.#audience, event);
    this.#save(audience);
    this.#audience = audience;
    return answer;
  }

  /** Only this class writes, so what is read has the shape that was written. */
  #load(): State<Summary, Legacy> {
    const { kv } = this.ctx.storage;
    const plan = parsePlan(kv.get("plan"));
    const summary = kv.get<Summary>("summary");
    return {
      ...NO_AUDIENCE,
      known: plan === undefined || summary === undefined ? undefined : { plan, summary },
      epoch: kv.get<number>("epoch") ?? 0,
      moves: kv.get<readonly Move[]>("moves") ?? [],
      outcasts: kv.get<readonly Outcast[]>("outcasts") ?? [],
      legacy: kv.get<Legacy>("legacy"),
      follows: kv.get<AudienceId>("follows"),
    };
  }

  /** What changed, and nothing else: the public's numbers come every few seconds. */
  #save({ known, epoch, moves, outcasts, legacy, follows }: State<Summary, Legacy>): void {
    const { kv } = this.ctx.storage;
    const before = this.#audience;
    if (known?.plan !== before.known?.plan) kv.put("plan", known?.plan);
    if (known?.summary !== before.known?.summary) kv.put("summary", known?.summary);
    if (epoch !== before.epoch) kv.put("epoch", epoch);
    if (moves !== before.moves) kv.put("moves", moves);
    if (outcasts !== before.outcasts) kv.put("outcasts", outcasts);
    if (legacy === undefined && before.legacy !== undefined) kv.delete("legacy");
    else if (legacy !== before.legacy) kv.put("legacy", legacy);
    if (follows === undefined) kv.delete("follows");
    else if (follows !== before.follows) kv.put("follows", follows);
  }
}
