import type { Below } from "./down/downstream.ts";
import type { DownEffect } from "./down/links-below.ts";
import type { ServingSettings } from "./down/listener-links.ts";
import type { KeptPerson } from "./people/leaf-people.ts";
import type { ListenerRefusal } from "./people/listener-says.ts";
import type { Saved } from "./saved.ts";
import type { NodeRef } from "./shape/plan.ts";
import type { AskLater } from "./upstream.ts";

/** What a node's body must do. */
export type NodeEffect<Link> =
  | DownEffect<Link>
  /** What `kept` says of this listener has changed; to be remembered with his socket, for after a sleep. */
  | { readonly do: "keep"; readonly link: Link }
  /** What this listener said is not taken; he is told why. */
  | { readonly do: "refuse"; readonly link: Link; readonly code: ListenerRefusal }
  /** After so many ms, ask: whom and for what, `question` says then. */
  | ({ readonly do: "ask" } & AskLater)
  | { readonly do: "save"; readonly saved: Saved }
  /** Dial those of these children that have no link yet: a crowd is expected. */
  | { readonly do: "wake"; readonly children: readonly NodeRef[] }
  /** Dial the child at the other end anew: it should have reported, and may hear nothing either. */
  | { readonly do: "redial"; readonly link: Link };

/** What a node is made with. */
export type NodeSettings = {
  readonly node: NodeRef;
  readonly below: Below;
  /** Sound to keep for who comes late or comes back, in ms. */
  readonly keepMs: number;
  readonly serving?: ServingSettings;
  /** How many listen here whom the body holds by other means than links; all of them hear. */
  readonly held?: () => number;
};

/** Links that outlived a body's sleep. */
export type KeptLinks<Link> = {
  readonly above: readonly { readonly link: Link; readonly parent: string }[];
  readonly below: readonly { readonly link: Link; readonly wasLive: boolean; readonly person?: KeptPerson }[];
};
