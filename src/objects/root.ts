import type { Bundle, PlacedFrame } from "../core/audio/bundle.ts";
import { localTime } from "../core/ids.ts";
import type { DownEffect } from "../core/tree/downstream.ts";
import { TreeRoot } from "../core/tree/root.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { AttachAnswer, AttachAsk, Env } from "./calls.ts";
import { Children } from "./children.ts";
import { log } from "./log.ts";
import type { RoomRecord } from "./room-store.ts";
import { end, send, sendAll } from "./sockets.ts";

/** The body of the tree's root, inside the room's object: its timer, and the sockets to the top nodes. Decides nothing. */
export class Root {
  readonly #mind: TreeRoot<WebSocket>;
  readonly #children: Children;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param counted called when the number of listeners below may have changed */
  constructor(env: Env, { plan, epoch, ended }: RoomRecord, counted: () => void) {
    this.#mind = new TreeRoot(plan, epoch, ended, localTime(Date.now()));
    this.#children = new Children(env, {
      joined: (link, from) => this.#perform(this.#mind.join(link, from, localTime(Date.now()))),
      left: (link) => {
        if (this.#mind.leave(link)) counted();
      },
      counted: (link, report) => {
        if (this.#mind.count(link, report)) counted();
      },
    });
  }

  get listeners(): number {
    return this.#mind.listeners;
  }

  /** The clock and timeline; undefined until the first `begin` of this object's life. */
  get bundle(): Bundle | undefined {
    return this.#mind.bundle;
  }

  /** Room time now, in ms since the epoch began. */
  get roomTime(): number {
    return this.bundle?.roomTimeAt(Date.now()) ?? 0;
  }

  attach(ask: AttachAsk): Promise<AttachAnswer> {
    const { plan } = this.#mind;
    return this.#children.attach(ask, plan, { kind: "root", room: plan.root });
  }

  /** A new epoch, claimed by the caller; its timeline begins now. */
  begin(epoch: number, chunkMs: number): void {
    this.#mind.begin(epoch, chunkMs, localTime(Date.now()));
  }

  /** Runs the clock; after a pause the timeline goes on at now. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#perform(this.#mind.start(localTime(Date.now())));
    this.#arm();
  }

  /** Stops the clock; the links stay. */
  stop(): void {
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
    this.#perform(this.#mind.stop());
  }

  /** A frame to be heard; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame): void {
    this.#mind.add(voice, frame);
  }

  /** A state for the tree. */
  tell(text: string): void {
    this.#perform(this.#mind.down.tell(text));
  }

  /** Tells every leaf that the room is over. */
  end(): void {
    this.stop();
    this.#perform(this.#mind.down.end());
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, (this.#mind.due ?? 0) - Date.now()));
  }

  #tick(): void {
    const tick = this.#mind.tick(localTime(Date.now()));
    if (tick !== undefined) {
      this.#perform(tick.effects);
      const { sequence, ticks } = tick.closed;
      // Once per merge beyond a second, not per chunk: a host who reads the log should see that the machine slept.
      if (ticks >= 10) log("ticks-merged", { sequence, ticks });
    }
    this.#arm();
  }

  #perform(effects: readonly DownEffect<WebSocket>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "send":
          send(effect.to, effect.message);
          break;
        case "send-all":
          sendAll(this.#mind.down.live, effect.message);
          break;
        case "mark-live":
        // The root has no listeners of its own.
        case "deliver":
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
