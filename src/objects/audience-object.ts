import { DurableObject } from "cloudflare:workers";
import type { RoomId } from "../core/ids.ts";
import { type Plan, parsePlan } from "../core/tree/plan.ts";
import type { AudienceCalls, Claim, Env, Known, Summary } from "./calls.ts";
import { ObjectUse } from "./counted.ts";
import { log } from "./log.ts";

/** The tree's identity: its plan, which epoch it is in, and who feeds it. Asked at starts and by cold edges, never per join. */
export class Audience extends DurableObject<Env> implements AudienceCalls {
  /** Calls that this object has answered, by kind; joins add one `look` per cold edge isolate, never one each. */
  readonly requests = { open: 0, look: 0, claim: 0, note: 0 };
  readonly #use = new ObjectUse("Audience");

  async open(known: Known): Promise<void> {
    this.#use.request();
    this.requests.open++;
    if (this.ctx.storage.kv.get("epoch") !== undefined) return;
    this.ctx.storage.kv.put("plan", known.plan);
    this.ctx.storage.kv.put("summary", known.summary);
  }

  async look(): Promise<Known | undefined> {
    this.#use.request();
    this.requests.look++;
    const plan = this.#plan();
    const summary = this.ctx.storage.kv.get<Summary>("summary");
    return plan === undefined || summary === undefined ? undefined : { plan, summary };
  }

  async claim(root: RoomId): Promise<Claim | undefined> {
    this.#use.request();
    this.requests.claim++;
    const plan = this.#plan();
    if (plan === undefined) return undefined;
    if (plan.root !== root) return { moved: plan.root };
    const epoch = (this.ctx.storage.kv.get<number>("epoch") ?? 0) + 1;
    this.ctx.storage.kv.put("epoch", epoch);
    log("epoch-claimed", { audience: plan.audience, root, epoch });
    return { epoch, plan };
  }

  async note({ plan, summary }: Known): Promise<void> {
    this.#use.request();
    this.requests.note++;
    const known = this.#plan();
    if (known === undefined || known.root !== summary.room) return;
    this.ctx.storage.kv.put("summary", summary);
    if (plan.root === known.root && plan.revision > known.revision) this.ctx.storage.kv.put("plan", plan);
  }

  #plan(): Plan | undefined {
    return parsePlan(this.ctx.storage.kv.get("plan"));
  }
}
