import type { Position } from "../core/audio/position.ts";
import type { Message } from "../core/tree/down/greeting.ts";
import type { NodeRef, ParentRef, Plan } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type { AudienceHost } from "./audience-host.ts";
import type { Host } from "./host.ts";
import type { Arrival } from "./inbox.ts";
import type { Line } from "./line.ts";
import type { Holder, LinkEnd } from "./socket.ts";

/** What hosts may ask of each other. Classes meet here, so that none imports another. */

/** A child asks to be fed: it wants to be dialed by `parent`, and what came after `from`. */
export type AttachAsk = { readonly node: NodeRef; readonly from: Position; readonly parent: string; readonly plan: Plan };
/** `plan`: the parent's, where it refuses and knows a newer one. */
export type AttachAnswer = { readonly dialed: boolean; readonly plan?: Plan };

/** Who feeds others. */
export interface ParentHost extends Host {
  attach(ask: AttachAsk, reply: (answer: AttachAnswer) => void): void;
}

/** Who is fed. */
export interface ChildHost extends Host, Holder {
  /** `parent` dials. The answer says what this child has heard. */
  dialed(link: LinkEnd, parent: string): Position;
  /** True if somebody hangs below: a dial that nobody asked for is of use. */
  readonly isCalledFor: boolean;
}

/** Who finds whom by name; objects are made when they are first asked for. */
export interface Directory {
  child(node: NodeRef): ChildHost;
  parent(parent: ParentRef): ParentHost;
  readonly audience: AudienceHost;
  readonly escort: Escort;
}

/** How a leaf answers a knock. `unready`: it died before it could. */
export type Answer = "taken" | "full" | "busy" | "ended" | "unready";

/** One who wants in, as a leaf sees him. */
export interface Joiner {
  readonly region: Region;
  /** The last chunk that he has heard; epoch 0 before any. */
  readonly epoch: number;
  readonly sequence: number;
  /** From the leaf to him, in ms. */
  readonly delayMs: number;
  /** His own line, where it is not like everybody's: then he stays a link of his own. */
  readonly line?: Line | undefined;
  /** Sees all that comes to him. */
  readonly watcher?: Watcher | undefined;
  /** His first sound since he came, or came back, arrives at `at`. */
  sounds(at: number): void;
  /** What the leaf says to his knock, at once or when he has been parked; with its plan, which rides back to the edge. */
  answered(answer: Answer, plan: Plan | undefined): void;
}

/** Who follows one listener: his socket as his client sees it. */
export interface Watcher {
  /** He sits; `leave` closes his socket. */
  seated(leave: () => void): void;
  heard(message: Message): void;
  closed(code: number): void;
}

/** Listeners whose connection broke, or that need no more watching: who looks after them. */
export interface Population {
  /** This one is steady: he is one of a cohort now. */
  settled(joiner: Joiner): void;
  /** Connections broke: one listener's, or a cohort's. */
  dropped(who: Joiner | undefined, crowd: Cohort): void;
  /** The server closed with a code that says whether to come back. */
  closed(who: Joiner | undefined, crowd: Cohort, code: number): void;
}

/** Listeners who stand at the same place. */
export type Cohort = {
  readonly region: Region;
  readonly size: number;
  /** What has arrived at all of them … */
  readonly slower: Position;
  /** … and what has arrived at those whose line is faster than `fasterMs`. */
  readonly fasterMs: number;
  readonly faster: Position;
  /** The window that the server told for coming back, in ms; undefined if it told none. */
  readonly comeBackMs: number | undefined;
};

/** Who takes listeners. */
export interface LeafHost extends Host {
  readonly node: NodeRef;
  /** Its number among all nodes of the evening. */
  readonly id: number;
  /** `joiner` knocks, by way of an edge that knows `plan` and tells of `joins` that want his region. He is answered, now or later. */
  knock(joiner: Joiner, plan: Plan, joins: number): void;
  /** Somebody comes at `at` who is surely let in. */
  expects(at: number): void;
}

/** Who leads listeners to the leaves. */
export interface Escort {
  /** This leaf surely has room for so many who come by an edge that knows its plan of this revision; 0 where it cannot say. */
  hasRoom(leaf: LeafHost, room: number, revision: number): void;
  /** Everybody who has come there by `now` and was not looked at, in no order. */
  callers(leaf: LeafHost, now: number, comes: (caller: Joiner & Arrival) => void): void;
  /** This leaf has told all its news. */
  told(leaf: LeafHost): void;
  /** Whoever is on his way there comes at his very instant: the leaf is dying, or cannot wait. */
  hurry(leaf: LeafHost): void;
}
