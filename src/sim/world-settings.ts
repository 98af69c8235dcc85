import { audienceOf, parseRoomId } from "../core/ids.ts";
import type { Plan, Window } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import { type Costs, WORKERD_COSTS } from "./costs.ts";
import type { Origins } from "./crowd.ts";
import type { LINES } from "./line.ts";
import { MINDS, type Minds } from "./minds.ts";

/** An evening to be played. */
export type WorldSettings = {
  readonly seed: number;
  readonly listeners: number;
  /** Arrivals per second, from second 1 on. */
  readonly arrivals: number;
  readonly chunkMs: number;
  readonly fanOut: number;
  readonly leafListeners: number;
  /** Leaves in the plan at the beginning, per region by its share. */
  readonly leaves: number;
  readonly origins: Origins;
  /** `own`: each object has a core of its own, as in a deployment; `one`: all share one, as on a single workerd process. */
  readonly processes: "own" | "one";
  readonly costs: Costs;
  /** Where everybody is: all over the world, or on one machine. */
  readonly lines: keyof typeof LINES;
  /** A stride that no controller changes; undefined leaves it to the leaves. */
  readonly stride: number | undefined;
  readonly isolatesPerRegion: number;
  /** When the first listener comes, in ms. */
  readonly doorsMs: number;
  /** Listeners who leave of their own will, per second. */
  readonly leaving: number;
  /** Requests that a relay or leaf may get in a second: the platform's soft limit is 1,000. */
  readonly nodeRequests: number;
  /** What the operator allows one room. */
  readonly maxListeners: number;
  /** Listeners whose line is slower than the sound, as a share of all, and how slow, in kbit/s. */
  readonly slow: { readonly share: number; readonly kbps: number };
  /** False if nobody speaks until somebody is told to. */
  readonly hasHost: boolean;
  readonly minds: Minds;
};

/** Where listeners come from unless a scenario says otherwise. Assumed. */
export const ORIGINS: Origins = [
  { region: "weur", share: 0.35 },
  { region: "enam", share: 0.3 },
  { region: "wnam", share: 0.15 },
  { region: "apac", share: 0.12 },
  { region: "sam", share: 0.08 },
];

export const DEFAULTS: Omit<WorldSettings, "seed" | "listeners" | "arrivals" | "leaves"> = {
  chunkMs: 100,
  fanOut: 64,
  leafListeners: 500,
  origins: ORIGINS,
  processes: "own",
  costs: WORKERD_COSTS,
  lines: "internet",
  stride: undefined,
  isolatesPerRegion: 16,
  doorsMs: 1_000,
  leaving: 0,
  nodeRequests: 1_000,
  maxListeners: 10_000_000,
  slow: { share: 0, kbps: 16 },
  hasHost: true,
  minds: MINDS,
};

/** The public half of a key pair that nobody uses: no ticket is checked here. RFC 8037, appendix A. */
export const VERIFY_KEY = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

/** The plan by which the tree stands when the evening begins. */
export function planOf({ fanOut, leafListeners, leaves, origins }: WorldSettings): Plan {
  const root = parseRoomId("the-evening");
  if (root === undefined) throw new Error("no room's name");
  const regions: Partial<Record<Region, Window>> = {};
  for (const { region, share } of origins) regions[region] = { firstOpen: 0, width: Math.max(1, Math.ceil(leaves * share)) };
  return { revision: 1, audience: audienceOf(root), root, fanOut, leafListeners, regions, planted: false, verifyKey: VERIFY_KEY };
}
