import type { Position } from "../../src/core/audio/position.ts";
import type { Plan } from "../../src/core/tree/shape/plan.ts";
import type { Progress } from "../../src/core/tree/shape/plant.ts";
import type { ListenerHears, StageHears } from "../../src/core/wire/messages.ts";

/**
 * What any Canopy must be able to do, so that the same sentences can be asked of workerd and of the simulator.
 * `eventually` waits, in whatever time the house lives by, until something is true.
 */
export type House = {
  /** Makes a room of its own for each test. */
  open(chunkMs?: 40 | 100 | 200, shape?: Shape): Promise<OpenRoom>;
  eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets so much time pass, in ms. */
  pass(ms: number): Promise<void>;
};

/** How a room begins, where the house's own settings will not do. */
export type Shape = { readonly leaves: number; readonly leafListeners: number; readonly maxListeners?: number };

export type OpenRoom = {
  /** A speaker's connection with the host's ticket. */
  host(): Promise<Speaker>;
  /** A listener's connection; `from` is the last chunk that he heard. */
  listener(from?: Position): Promise<Ear>;
  /** The room's object dies and forgets what it did not store. */
  killRoom(): Promise<void>;
  /** Every relay dies. */
  killRelays(): Promise<void>;
  /** Every leaf dies, and with it its listeners' connections. */
  killLeaves(): Promise<void>;
  /** Calls that the room's object has answered since it woke. */
  roomRequests(): Promise<number>;
  /** Times that the audience's object was asked what it knows, since it woke. */
  audienceLooks(): Promise<number>;
  /** The newest plan that edges are told. */
  plan(): Promise<Plan>;
  /** The host expects a crowd. */
  expect(listeners: number): Promise<Progress>;
  /** How far the tree is ready for it. */
  progress(): Promise<Progress>;
};

export type Speaker = {
  readonly heard: readonly StageHears[];
  readonly closed: number | undefined;
  say(text: object): void;
  /** Starts to speak: a frame each 20 ms until it is stopped. */
  speak(): void;
  hush(): void;
  leave(): void;
};

export type Ear = {
  readonly texts: readonly ListenerHears[];
  /** Chunks in the order in which they came. */
  readonly chunks: readonly Position[];
  /** Frames of sound heard. */
  readonly frames: number;
  /** The order of all that came: t for text, b for binary. */
  readonly order: string;
  readonly closed: number | undefined;
  leave(): void;
};

/** Chunks that do not directly continue the one before, within one epoch. */
export function holesIn(ear: Pick<Ear, "chunks">): number {
  return ear.chunks.filter((chunk, index) => {
    const before = ear.chunks[index - 1];
    return before !== undefined && before.epoch === chunk.epoch && before.sequence + 1 !== chunk.sequence;
  }).length;
}
