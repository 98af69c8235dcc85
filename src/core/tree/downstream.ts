import { chunksIn } from "../audio/chunk.ts";
import { BEFORE_ALL, type Position } from "../audio/position.ts";
import type { LocalTime } from "../ids.ts";
import { Feed } from "./feed.ts";
import { formatGap, formatWelcome, type Message, messagesOf } from "./greeting.ts";
import { formatLink, formatLinked } from "./link.ts";
import type { Plan } from "./plan.ts";
import { States } from "./states.ts";

/** What a node's body must do to its links below. `send-all` goes to every link in `live`, in one loop. */
export type DownEffect<Link> =
  | { readonly do: "send"; readonly to: Link; readonly message: Message }
  | { readonly do: "send-all"; readonly message: Message };

/** Who hangs below: people's sockets, or nodes that hand on. It decides how they are greeted and what they may see. */
export type Below = "listeners" | "nodes";

/** A listener who says that he heard more than this node has is believed for so long after sound flows, in ms; then he is a newcomer. */
const AHEAD_MS = 3_000;
/** Most bytes in one message of what a child missed: far below what any runtime takes in one WebSocket message (1 MiB). */
const BACKLOG_BYTES = 256 * 1024;

/** `welcomed`: he knows the states already and waits for sound alone. `since`: when sound first came that he claims to have heard. */
type Waiting = { readonly from: Position | undefined; welcomed: boolean; since: LocalTime | undefined };

/**
 * The lower half of every node, the root's too: what was heard, the newest states, and the links that hear them.
 *
 * A link is *waiting* until it has been greeted, then *live*: it has heard all up to the newest chunk, and each further one is
 * sent to all live links alike. So no link can miss a chunk or hear it twice.
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

  /** A link that was greeted before this body slept: nothing is told to it again. */
  restore(link: Link): void {
    this.#live.add(link);
  }

  /** A new link. Greeted at once, or as soon as this node knows what to say. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    this.#waiting.set(link, { from, welcomed: false, since: undefined });
    return this.#open ? this.#greetWaiting(now, false) : [];
  }

  /** A link is gone. True if it was there. */
  leave(link: Link): boolean {
    const waited = this.#waiting.delete(link);
    return this.#live.delete(link) || waited;
  }

  /** From now on this node knows what to say to newcomers; who waited is greeted. */
  open(now: LocalTime): readonly DownEffect<Link>[] {
    this.#open = true;
    return this.#greetWaiting(now, false);
  }

  /** Sound from above, or from the root's own clock. */
  hear(message: Uint8Array, now: LocalTime): readonly DownEffect<Link>[] {
    // Who waits is greeted before: `send-all` goes to whom is live when it is done, and must find nobody who was not greeted yet.
    const effects: DownEffect<Link>[] = this.#waiting.size > 0 && this.#open ? [...this.#greetWaiting(now, true)] : [];
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

  /** @param flows sound comes right after this, so who claims to be ahead can be judged */
  #greetWaiting(now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    const effects: DownEffect<Link>[] = [];
    const send = (to: Link, messages: readonly Message[]) => {
      for (const message of messages) effects.push({ do: "send", to, message });
    };
    for (const [link, waiting] of this.#waiting) {
      if (this.#below === "nodes") {
        send(link, this.#linkUp(waiting.from));
        this.#goLive(link);
        continue;
      }
      if (!waiting.welcomed) send(link, [this.#welcome()]);
      waiting.welcomed = true;
      if (flows) waiting.since ??= now;
      const isAhead = waiting.from !== undefined && !this.feed.reaches(waiting.from);
      // He may have heard more on another leaf, or the room has begun anew and this leaf has heard nothing of it yet.
      if (isAhead && now - (waiting.since ?? now) < AHEAD_MS) continue;
      const parts = waiting.from === undefined || isAhead ? this.feed.tail(now) : this.feed.after(waiting.from);
      send(link, messagesOf(parts, this.feed.endsMs));
      this.#goLive(link);
    }
    return effects;
  }

  #goLive(link: Link): void {
    this.#waiting.delete(link);
    this.#live.add(link);
  }

  #welcome(): Message {
    return formatWelcome(this.states.forAll(), this.states.revision, this.feed.endsMs, this.feed.newest);
  }

  #linkUp(from: Position | undefined): readonly Message[] {
    if (this.#plan === undefined) return [];
    const missed = this.feed.after(from ?? BEFORE_ALL).flatMap((part) => slices(part.bytes));
    return [formatLink(this.epoch, this.#plan, this.states.texts()), ...missed, formatLinked(this.feed.newest)];
  }
}

/** Back-to-back chunks cut into messages at chunk borders, none much larger than BACKLOG_BYTES. */
function slices(bytes: Uint8Array): readonly Uint8Array[] {
  const cut: Uint8Array[] = [];
  let from = 0;
  for (const { end } of chunksIn(bytes)) {
    if (end - from < BACKLOG_BYTES && end < bytes.byteLength) continue;
    cut.push(bytes.subarray(from, end));
    from = end;
  }
  return cut;
}
