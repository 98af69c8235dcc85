import type { World } from "./world.ts";
import type { WorldSettings } from "./world-settings.ts";

/** What happens on an evening, besides that people come. */
export type Scenario = {
  readonly name: string;
  /** One line for who chooses. */
  readonly says: string;
  /** What differs from an ordinary evening. */
  readonly settings?: (asked: WorldSettings) => Partial<WorldSettings>;
  /** Puts what will break into the evening; called before it begins. */
  readonly stage: (world: World, evening: Evening) => void;
};

/** Fan-out of an evening that would have no relays, for who wants to see one die. */
const SMALL_FAN_OUT = 8;

/** Settings under which a small crowd has relays too. */
export function withRelays({ listeners, leafListeners, fanOut }: WorldSettings): Partial<WorldSettings> {
  return listeners > leafListeners * fanOut
    ? {}
    : { fanOut: SMALL_FAN_OUT, leafListeners: Math.min(leafListeners, Math.max(10, Math.ceil(listeners / 40))) };
}

/** When things may happen, in ms. */
export type Evening = {
  readonly endMs: number;
  /** Everybody has come by then, if nothing breaks. */
  readonly fullMs: number;
  /** An instant at this share of the time after all have come. */
  readonly after: (share: number) => number;
};
