import type { Reaction } from "./reactions.ts";

/** What a listener may say to his leaf. Nothing of it costs the room a request: it is counted or sampled on its way up. */
export type ListenerSays =
  /** Whether sound comes out where he is; said when it changes. Who never says it counts as connected only. */
  | { readonly type: "hearing"; readonly hearing: boolean }
  | { readonly type: "react"; readonly reaction: Reaction }
  /** Raises or lowers his hand; lowering it also declines an invitation. */
  | { readonly type: "hand"; readonly raised: boolean; readonly name: string }
  | { readonly type: "question"; readonly id: string; readonly name: string; readonly text: string };

/** Why what a listener said is not taken, though it could be read. */
export type ListenerRefusal = "no-identity" | "too-often";
