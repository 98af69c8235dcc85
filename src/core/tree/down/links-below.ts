import type { Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import type { Message } from "./greeting.ts";
import type { Lines } from "./listeners.ts";
import type { Part } from "./parts.ts";
import type { KeptState } from "./states.ts";

/** What a node's body must do to its links below. `send-all` goes to every link in `live`, in one loop. */
export type DownEffect<Link> =
  | { readonly do: "send"; readonly to: Link; readonly message: Message }
  | { readonly do: "send-all"; readonly message: Message }
  /** Call `deliver`: to the listeners whose turn it is, or to all. */
  | { readonly do: "deliver"; readonly to: "turn" | "all" }
  /** The link is live from here on; to be remembered with the socket, for after a sleep. */
  | { readonly do: "mark-live"; readonly link: Link }
  | { readonly do: "close"; readonly link: Link; readonly ending: "uprooted" | "unfed" | "ended" | "slow" | "removed" };

/** `welcomed`: he knows the states already and waits for sound alone. `since`: when sound first came that he claims to have heard. */
export type Waiting = { readonly from: Position | undefined; welcomed: boolean; since: LocalTime | undefined };

/** What is done for who waits. `through`: he has been sent all up to there, and is live; undefined while he must wait on. */
export type Greeted<Link> = { readonly effects: DownEffect<Link>[]; readonly through: Position | undefined };

/** What one hears who comes: the states, then sound up to `through`. */
export type Greeting = { readonly welcome: string; readonly sound: readonly Message[]; readonly through: Position };

/** The live links below one node, all of one kind: how who waits becomes one of them, and what they hear when. */
export interface LinksBelow<Link> {
  readonly live: Iterable<Link>;
  readonly size: number;
  /** Chunks per send. */
  readonly stride: number;
  /** How late the newest chunk came, in ms. */
  readonly lateMs: number;
  /** Those whose line does not move at the moment. */
  readonly slow: number;
  /** True while somebody is owed what was held back for him. */
  readonly owes: boolean;
  has(link: Link): boolean;
  /** A link that has been sent all up to `through`. */
  add(link: Link, through: Position): void;
  remove(link: Link): boolean;
  /** Links outlived a sleep: what they were told before is not known any more. */
  restored(): void;
  /** What a listener who has heard all up to `from` is greeted with; undefined while he must wait for it, and of nodes. */
  greeting(from: Position | undefined, now: LocalTime): Greeting | undefined;
  /** @param flows sound comes right after this, so who claims to be ahead can be judged */
  greet(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): Greeted<Link>;
  /** New sound came: these parts, in order. */
  heard(parts: readonly Part[], now: LocalTime): readonly DownEffect<Link>[];
  /** A state that is news. Nothing if it is not for them, or can wait. */
  tell(state: KeptState): readonly DownEffect<Link>[];
  /** A text between nodes that every hop hands on as it is. */
  handOn(text: string): readonly DownEffect<Link>[];
  /** Whatever was held back goes out: nothing comes for a while, or what comes must not overtake it. */
  release(): readonly DownEffect<Link>[];
  /** Does a `deliver` effect. */
  deliver(to: "turn" | "all", lines: Lines<Link>, now: LocalTime): readonly DownEffect<Link>[];
  /** A second has passed. */
  second(now: LocalTime): readonly DownEffect<Link>[];
  /** Tells one that the room is over. */
  ending(link: Link): DownEffect<Link>;
}
