import { Bundle, type Closed, type PlacedFrame } from "../core/audio/bundle.ts";
import { localTime } from "../core/ids.ts";
import { type DownEffect, Downstream } from "../core/tree/downstream.ts";
import { Tally } from "../core/tree/tally.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { AttachAnswer, AttachAsk, Env } from "./calls.ts";
import { Children } from "./children.ts";
import { log } from "./log.ts";
import type { RoomRecord } from "./room-store.ts";
import { end, send, sendAll } from "./sockets.ts";

/** How much sound the root keeps, in ms: as much as a relay, its child. */
const KEEP_MS = 60_000;

/**
 * The room's object as the top of its tree: the clock that closes chunks, and the links to the top nodes.
 *
 * One chunk per turn, whatever the clock slept through: catching up on several in one turn starves every socket of the process.
 */
export class Root {
  readonly #down = new Downstream<WebSocket>("nodes", KEEP_MS);
  readonly #children: Children;
  readonly #tally = new Tally<WebSocket>();
  #bundle: Bundle | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param counted called when the number of listeners below may have changed */
  constructor(env: Env, { plan, epoch, ended }: RoomRecord, counted: () => void) {
    this.#down.plan = plan;
    this.#down.epoch = epoch;
    this.#down.open(localTime(Date.now()));
    if (ended) this.#down.end();
    this.#children = new Children(env, {
      joined: (link, from) => this.#perform(this.#down.join(link, from, localTime(Date.now()))),
      left: (link) => {
        this.#down.leave(link);
        if (this.#tally.forget(link)) counted();
      },
      counted: (link, report) => {
        if (this.#down.has(link) && this.#tally.record(link, report)) counted();
      },
    });
  }

  get listeners(): number {
    return this.#tally.listeners;
  }

  /** The clock and timeline; undefined until the first `begin` of this object's life. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** Room time now, in ms since the epoch began. */
  get roomTime(): number {
    return this.#bundle?.roomTimeAt(Date.now()) ?? 0;
  }

  attach(ask: AttachAsk): Promise<AttachAnswer> {
    return this.#children.attach(ask);
  }

  /** A new epoch, claimed by the caller; its timeline begins now. */
  begin(epoch: number, chunkMs: number): void {
    this.#down.epoch = epoch;
    this.#bundle = new Bundle(epoch, chunkMs, Date.now());
  }

  /** Runs the clock; after a pause the timeline goes on at now. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#bundle?.skipTo(Date.now());
    this.#arm();
  }

  /** Stops the clock; the links stay. */
  stop(): void {
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
  }

  /** A frame to be heard; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame): void {
    this.#bundle?.add(voice, frame);
  }

  /** A state for the tree. */
  tell(text: string): void {
    this.#perform(this.#down.tell(text));
  }

  /** Tells every leaf that the room is over. */
  end(): void {
    this.stop();
    this.#perform(this.#down.end());
  }

  #arm(): void {
    const waitMs = Math.max(0, (this.#bundle?.dueMs ?? 0) - Date.now());
    this.#timer = setTimeout(() => this.#tick(), waitMs);
  }

  #tick(): void {
    const closed = this.#bundle?.close(Date.now());
    if (closed !== undefined) this.#publish(closed);
    this.#arm();
  }

  #publish(closed: Closed): void {
    this.#perform(this.#down.hear(closed.bytes, localTime(Date.now())));
    // Once per merge beyond a second, not per chunk: a host who reads the log should see that the machine slept.
    if (closed.ticks >= 10) log("ticks-merged", { sequence: closed.sequence, ticks: closed.ticks });
  }

  #perform(effects: readonly DownEffect<WebSocket>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "send":
          send(effect.to, effect.message);
          break;
        case "send-all":
          sendAll(this.#down.live, effect.message);
          break;
        case "mark-live":
          break;
        case "close":
          end(effect.link, ENDING[effect.ending]);
          break;
        default:
          unreachable(effect);
      }
    }
  }
}
