import type { Position } from "../audio/position.ts";
import { backoffMs } from "../backoff.ts";
import type { LocalTime } from "../ids.ts";
import { isCount, isFields, parseObject } from "../json.ts";
import { unreachable } from "../unreachable.ts";
import { type Below, type DownEffect, Downstream } from "./downstream.ts";
import { parseLinkText } from "./link.ts";
import { type NodeRef, type ParentRef, type Plan, parentOf, parsePlan } from "./plan.ts";
import { parseStateHead } from "./states.ts";
import { formatTally, Tally, type TallyReport } from "./tally.ts";

/** What a node keeps through sleep and restarts; written when it changes, never per chunk. */
export type Saved = {
  readonly plan: Plan;
  readonly epoch: number;
  /** Where it stood then: after waking, nothing up to here is handed on again. */
  readonly newest: Position;
  readonly states: readonly string[];
};

/** What a node's body must do. */
export type NodeEffect<Link> =
  | DownEffect<Link>
  /** Ask `parent` to dial this node, after so many ms, and to send what came after `from`. */
  | { readonly do: "ask"; readonly parent: ParentRef; readonly plan: Plan; readonly from: Position; readonly afterMs: number }
  | { readonly do: "close"; readonly link: Link; readonly ending: "uprooted" | "unfed" | "ended" }
  | { readonly do: "save"; readonly saved: Saved };

export type NodeSettings = {
  readonly node: NodeRef;
  readonly below: Below;
  /** Sound to keep for who comes late or comes back, in ms. */
  readonly keepMs: number;
};

/**
 * The mind of a relay or a leaf: one link above, many below. Pure: events in, effects out.
 *
 * It wants a link above while anybody hangs below. It hears every link above it has and trusts the feed to drop repeats, so it can
 * take a new parent before it lets go of the old one.
 */
export class TreeNode<Link> {
  readonly down: Downstream<Link>;
  readonly node: NodeRef;
  readonly #tally = new Tally<Link>();
  readonly #counts: boolean;
  readonly #uplinks = new Set<Link>();
  #linkedTo: Link | undefined;
  #plan: Plan | undefined;
  #asking = false;
  #attempt = 0;
  #reports: number;
  #reported = -1;

  /**
   * @param saved what the last save effect said, if there was one
   * @param kept links below that outlived this body's sleep
   * @param uplink the link above that outlived it
   * @param now also seeds the revision of reports, so that they stay above those before a restart
   */
  constructor(settings: NodeSettings, saved: Saved | undefined, kept: readonly Link[], uplink: Link | undefined, now: LocalTime) {
    this.node = settings.node;
    this.#counts = settings.below === "listeners";
    this.#reports = now;
    // Without anybody who heard it before, nothing is a repeat, and who comes back is served best by all there is.
    this.down = new Downstream(settings.below, settings.keepMs, kept.length > 0 ? saved?.newest : undefined);
    for (const link of kept) this.down.restore(link);
    if (saved !== undefined) {
      this.#setPlan(saved.plan);
      this.down.epoch = saved.epoch;
      for (const state of saved.states) this.down.states.hear(state);
    }
    if (uplink === undefined) return;
    this.#uplinks.add(uplink);
    this.#linkedTo = uplink;
    this.down.open(now);
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Listeners below this node. */
  get listeners(): number {
    return this.#counts ? this.down.size : this.#tally.listeners;
  }

  /** True while nobody hangs below: the link above can be let go. */
  get idle(): boolean {
    return this.down.size === 0;
  }

  /** A plan came with a join or down a link; an older one changes nothing. */
  learn(plan: Plan): readonly NodeEffect<Link>[] {
    if (this.#plan !== undefined && this.#plan.revision >= plan.revision) return [];
    const before = this.#plan === undefined ? undefined : parentOf(this.#plan, this.node);
    this.#setPlan(plan);
    const moved = before !== undefined && JSON.stringify(before) !== JSON.stringify(parentOf(plan, this.node));
    return [this.#save(), ...(moved && this.#linkedTo !== undefined ? this.#ask(0) : [])];
  }

  /** A listener or a child came; `from` is the last chunk that it heard. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly NodeEffect<Link>[] {
    return [...this.down.join(link, from, now), ...this.#askIfAlone(0)];
  }

  /** A listener or a child is gone. */
  leave(link: Link): void {
    if (this.down.leave(link)) this.#tally.forget(link);
  }

  /** A child reported its total. */
  count(child: Link, report: TallyReport): void {
    this.#tally.record(child, report);
  }

  /** True while the parent does not know the newest total; also after a link was made anew. */
  get owesReport(): boolean {
    return this.#linkedTo !== undefined && this.listeners !== this.#reported;
  }

  /** The total to report upward, if the parent does not know it. */
  report(): { readonly to: Link; readonly text: string } | undefined {
    const to = this.#linkedTo;
    if (to === undefined || !this.owesReport) return undefined;
    this.#reported = this.listeners;
    return { to, text: formatTally({ revision: ++this.#reports, listeners: this.#reported }) };
  }

  /** A parent has dialed. */
  dialed(uplink: Link): void {
    this.#uplinks.add(uplink);
  }

  /** True of a link above. */
  isUplink(link: Link): boolean {
    return this.#uplinks.has(link);
  }

  /** Sound from a link above. */
  hear(uplink: Link, message: Uint8Array, now: LocalTime): readonly NodeEffect<Link>[] {
    return this.#uplinks.has(uplink) ? this.down.hear(message, now) : [];
  }

  /** Text from a link above: talk between nodes, or a state. */
  read(uplink: Link, text: string, now: LocalTime): readonly NodeEffect<Link>[] {
    if (!this.#uplinks.has(uplink)) return [];
    const said = parseLinkText(text);
    switch (said?.type) {
      case "link": {
        // A parent of an older epoch does not know that it was replaced: whoever listens to it would lose the room.
        if (said.epoch < this.down.epoch) return [{ do: "close", link: uplink, ending: "unfed" }];
        this.down.epoch = said.epoch;
        return [...this.learn(said.plan), ...said.states.flatMap((state) => this.down.tell(state))];
      }
      case "linked": {
        const others = [...this.#uplinks].filter((link) => link !== uplink);
        this.#linkedTo = uplink;
        this.#asking = false;
        this.#attempt = 0;
        this.#reported = -1;
        for (const link of others) this.#uplinks.delete(link);
        const closing = others.map((link) => ({ do: "close", link, ending: "uprooted" }) as const);
        return [...this.down.open(now), ...this.#saves(), ...closing];
      }
      case "end":
        return this.#end(text);
      case undefined:
        return this.#state(text);
      default:
        return unreachable(said);
    }
  }

  /** A link above is gone; if it was the one that fed this node, it asks again after a jittered wait. */
  lost(uplink: Link, random: number): readonly NodeEffect<Link>[] {
    if (!this.#uplinks.delete(uplink)) return [];
    if (this.#linkedTo === uplink) this.#linkedTo = undefined;
    if (this.#linkedTo !== undefined) return [];
    this.#asking = false;
    return this.#askIfAlone(backoffMs(this.#attempt++, random));
  }

  /** The parent could not be asked, or did not dial. */
  unanswered(random: number): readonly NodeEffect<Link>[] {
    this.#asking = false;
    return this.#linkedTo === undefined ? this.#askIfAlone(backoffMs(this.#attempt++, random)) : [];
  }

  /** Lets go of the link above if nobody hangs below. */
  rest(): readonly NodeEffect<Link>[] {
    if (!this.idle) return [];
    const links = [...this.#uplinks];
    this.#uplinks.clear();
    this.#linkedTo = undefined;
    return links.map((link) => ({ do: "close", link, ending: "uprooted" }));
  }

  /** The room is over: relays hand it on, leaves close. */
  #end(text: string): readonly NodeEffect<Link>[] {
    if (!this.#counts) return [{ do: "send-all", message: text }];
    return [...this.down.live].map((link) => ({ do: "close", link, ending: "ended" }));
  }

  #state(text: string): readonly NodeEffect<Link>[] {
    const effects = this.down.tell(text);
    // Counts change every second and are told again soon: not worth a write.
    return effects.length === 0 || parseStateHead(text)?.type === "audience" ? effects : [...effects, ...this.#saves()];
  }

  #askIfAlone(afterMs: number): readonly NodeEffect<Link>[] {
    return this.#uplinks.size === 0 && !this.#asking && !this.idle ? this.#ask(afterMs) : [];
  }

  #ask(afterMs: number): readonly NodeEffect<Link>[] {
    if (this.#plan === undefined) return [];
    this.#asking = true;
    return [{ do: "ask", parent: parentOf(this.#plan, this.node), plan: this.#plan, from: this.down.feed.newest, afterMs }];
  }

  #setPlan(plan: Plan): void {
    this.#plan = plan;
    this.down.plan = plan;
  }

  #saves(): readonly NodeEffect<Link>[] {
    return this.#plan === undefined ? [] : [this.#save()];
  }

  #save(): NodeEffect<Link> {
    if (this.#plan === undefined) throw new Error("a node without a plan has nothing to save");
    return {
      do: "save",
      saved: { plan: this.#plan, epoch: this.down.epoch, newest: this.down.feed.newest, states: this.down.states.texts() },
    };
  }
}

/** The only door through which stored text becomes what a node saved; undefined if it is none. */
export function parseSaved(text: string): Saved | undefined {
  const said = parseObject(text);
  const plan = parsePlan(said?.["plan"]);
  const newest = said?.["newest"];
  if (said === undefined || plan === undefined || !isFields(newest)) return undefined;
  const { epoch, states } = said;
  if (!isCount(epoch) || !Array.isArray(states) || !isCount(newest["epoch"]) || !isCount(newest["sequence"])) return undefined;
  const position = { epoch: newest["epoch"], sequence: newest["sequence"] };
  return { plan, epoch, newest: position, states: states.filter((state) => typeof state === "string") };
}
