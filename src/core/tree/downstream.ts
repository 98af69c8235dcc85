import { BEFORE_ALL, type Position } from "../audio/position.ts";
import type { LocalTime } from "../ids.ts";
import { Feed } from "./feed.ts";
import { formatGap, formatWelcome, type Message, messagesOf, slices } from "./greeting.ts";
import { END_TEXT, formatFlow, formatLink, formatLinked } from "./link.ts";
import type { Plan } from "./plan.ts";
import { States } from "./states.ts";

/** What a node's body must do to its links below. `send-all` goes to every link in `live`, in one loop. */
export type DownEffect<Link> =
  | { readonly do: "send"; readonly to: Link; readonly message: Message }
  | { readonly do: "send-all"; readonly message: Message }
  /** The link is live from here on; to be remembered with the socket, for after a sleep. */
  | { readonly do: "mark-live"; readonly link: Link }
  | { readonly do: "close"; readonly link: Link; readonly ending: "uprooted" | "unfed" | "ended" };

/** Who hangs below: people's sockets, or nodes that hand on. It decides how they are greeted and what they may see. */
export type Below = "listeners" | "nodes";

/** A listener who says that he heard more than this node has is believed for so long after sound flows, in ms; then he is a newcomer. */
const AHEAD_MS = 3_000;

/** `welcomed`: he knows the states already and waits for sound alone. `since`: when sound first came that he claims to have heard. */
type Waiting = { readonly from: Position | undefined; welcomed: boolean; since: LocalTime | undefined };

/**
 * The lower half of every node, the root's too: what was heard, the newest states, and the links that hear them.
 *
 * A link is *waiting* until it has been greeted, then *live*: it has heard all up to the newest chunk, and each further one is
 * sent to all live links alike. So no link can miss a chunk or hear it twice. A node is *open* while it is fed: then newcomers go live.
 */
export class Downstream<Link> {
  readonly feed: Feed;
  readonly states = new States();
  readonly #below: Below;
  readonly #live = new Set<Link>();
  readonly #waiting = new Map<Link, Waiting>();
  #plan: Plan | undefined;
  #epoch = 0;
  #open = false;
  #known = false;
  #flows = false;
  #ended = false;

  /**
   * @param keepMs sound to keep for who comes late or comes back, in ms
   * @param newest where the node stood when it last knew
   */
  constructor(below: Below, keepMs: number, newest: Position = BEFORE_ALL) {
    this.#below = below;
    this.feed = new Feed(keepMs, newest);
  }

  /** Links that have been greeted; the body's hot loop runs over them. */
  get live(): ReadonlySet<Link> {
    return this.#live;
  }

  /** All links, greeted or not. */
  get size(): number {
    return this.#live.size + this.#waiting.size;
  }

  /** True of a link that hangs here, greeted or not. */
  has(link: Link): boolean {
    return this.#live.has(link) || this.#waiting.has(link);
  }

  /** True once the room is over, for good. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True while the root's clock runs, as far as this node was told: sound comes all the time. */
  get flows(): boolean {
    return this.#flows;
  }

  /** The root's clock runs, or stands. */
  flow(flows: boolean): readonly DownEffect<Link>[] {
    if (this.#flows === flows) return [];
    this.#flows = flows;
    return this.sayFlow();
  }

  /** Tells the nodes below whether sound flows; also a sign of life, where there is no sound to hand on. */
  sayFlow(): readonly DownEffect<Link>[] {
    return this.#below === "nodes" ? [{ do: "send-all", message: formatFlow(this.#flows) }] : [];
  }

  /** The plan that children are greeted with. */
  set plan(plan: Plan) {
    this.#plan = plan;
  }

  /** The epoch that children are greeted with; never lowered. */
  set epoch(epoch: number) {
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  get epoch(): number {
    return Math.max(this.#epoch, this.feed.newest.epoch);
  }

  /** A link that outlived this body's sleep: live if it was, so that nothing is told to it again. */
  restore(link: Link, wasLive: boolean): void {
    if (wasLive) this.#live.add(link);
    else this.#waiting.set(link, { from: undefined, welcomed: false, since: undefined });
  }

  /** States that were kept through a sleep: enough to welcome newcomers with. */
  recall(states: readonly string[]): void {
    for (const state of states) this.states.hear(state);
    this.#known = true;
  }

  /** A new link. Greeted as far as this node knows what to say. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    // Epoch 0 is before every room: who stands there has heard nothing.
    this.#waiting.set(link, { from: from?.epoch === BEFORE_ALL.epoch ? undefined : from, welcomed: false, since: undefined });
    return this.#greetWaiting(now, false);
  }

  /** A link is gone. True if it was there. */
  leave(link: Link): boolean {
    const waited = this.#waiting.delete(link);
    return this.#live.delete(link) || waited;
  }

  /** From now on this node is fed, and who waited goes live. */
  open(now: LocalTime): readonly DownEffect<Link>[] {
    this.#open = true;
    this.#known = true;
    return this.#greetWaiting(now, false);
  }

  /** Nobody feeds this node at the moment: who comes now goes live when it is fed again, at the live edge. */
  close(): void {
    this.#open = false;
  }

  /** Sound from above, or from the root's own clock. */
  hear(message: Uint8Array, now: LocalTime): readonly DownEffect<Link>[] {
    // Who waits is greeted before: `send-all` goes to whom is live when it is done, and must find nobody who was not greeted yet.
    const effects: DownEffect<Link>[] = this.#waiting.size > 0 ? [...this.#greetWaiting(now, true)] : [];
    for (const part of this.feed.hear(message, now)) {
      if (part.before !== undefined && this.#below === "listeners") {
        effects.push({ do: "send-all", message: formatGap(part.before, this.feed.endsMs) });
      }
      effects.push({ do: "send-all", message: part.bytes });
    }
    return effects;
  }

  /** A state from above, or from the root; kept, and handed on to whom it is for. */
  tell(text: string): readonly DownEffect<Link>[] {
    const kept = this.states.hear(text);
    if (kept === undefined || (this.#below === "listeners" && kept.head.for !== "all")) return [];
    const effects: DownEffect<Link>[] = [{ do: "send-all", message: text }];
    for (const [link, { welcomed }] of this.#waiting) if (welcomed) effects.push({ do: "send", to: link, message: text });
    return effects;
  }

  /** The room is over: nodes hand it on, listeners are closed; who comes later is told at once. */
  end(): readonly DownEffect<Link>[] {
    if (this.#ended) return [];
    this.#ended = true;
    const links = [...this.#live, ...this.#waiting.keys()];
    return links.map((link) => this.#ending(link));
  }

  #ending(link: Link): DownEffect<Link> {
    return this.#below === "nodes" ? { do: "send", to: link, message: END_TEXT } : { do: "close", link, ending: "ended" };
  }

  /** @param flows sound comes right after this, so who claims to be ahead can be judged */
  #greetWaiting(now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    return [...this.#waiting].flatMap(([link, waiting]) =>
      this.#below === "nodes" ? this.#linkUp(link, waiting, now) : this.#welcome(link, waiting, now, flows),
    );
  }

  #welcome(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    if (!this.#known) return [];
    const { newest, endsMs } = this.feed;
    const messages: Message[] = [];
    if (!waiting.welcomed) messages.push(formatWelcome(this.states.forAll(), this.states.revision, endsMs, newest));
    waiting.welcomed = true;
    if (this.#ended) return [...toEach(link, messages), this.#ending(link)];
    if (flows) waiting.since ??= now;
    // He may have heard more on another leaf, or the room has begun anew and this leaf has heard nothing of it yet.
    const isAhead = waiting.from !== undefined && !this.feed.reaches(waiting.from);
    const isBelieved = isAhead && now - (waiting.since ?? now) < AHEAD_MS;
    if (!this.#open || isBelieved) return toEach(link, messages);
    const parts = waiting.from === undefined || isAhead ? this.feed.tail(now) : this.feed.after(waiting.from);
    return [...toEach(link, [...messages, ...messagesOf(parts, endsMs)]), this.#goLive(link)];
  }

  #linkUp(link: Link, { from = BEFORE_ALL }: Waiting, now: LocalTime): readonly DownEffect<Link>[] {
    if (!this.#open || this.#plan === undefined) return [];
    const missed = this.feed.after(from).flatMap((part) => slices(part.bytes));
    const linked = formatLinked(this.feed.newest, this.feed.ageMs(now), this.#flows);
    const messages = [formatLink(this.epoch, this.#plan, this.states.texts()), ...missed, linked];
    return [...toEach(link, messages), ...(this.#ended ? [this.#ending(link)] : []), this.#goLive(link)];
  }

  #goLive(link: Link): DownEffect<Link> {
    this.#waiting.delete(link);
    this.#live.add(link);
    return { do: "mark-live", link };
  }
}

function toEach<Link>(to: Link, messages: readonly Message[]): readonly DownEffect<Link>[] {
  return messages.map((message) => ({ do: "send", to, message }));
}
