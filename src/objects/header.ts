/** Headers between the edge and our own objects. The edge sets all of them itself and passes none on from outside. */
export const HEADER = {
  /** The name of the node that is called: an object does not know its own. */
  node: "x-canopy-node",
  /** The caller's plan, as JSON; or in an answer, the node's, if it is newer. */
  plan: "x-canopy-plan",
  /** The revision of the plan that the caller knows. */
  planRevision: "x-canopy-plan-revision",
  /** A new root dials without having been asked: only who has listeners, or nodes, below takes it. */
  unasked: "x-canopy-unasked",
  /** Who dials: the parent's name. */
  parent: "x-canopy-parent",
  /** The last chunk that a listener has heard, or a child who answers a dial: `epoch.sequence`. */
  from: "x-canopy-from",
  /** The region that a listener would be served from best, and how many joins wanted it that nobody has counted yet: 0 for a second attempt. */
  wanted: "x-canopy-wanted",
  joins: "x-canopy-joins",
  /** A speaker's verified session and name; of a listener the session alone, if he has one. To a radio the name is the room's title, in percent code. */
  session: "x-canopy-session",
  name: "x-canopy-name",
  /** What a speaker's verified ticket says of him. */
  role: "x-canopy-role",
  /** The HMAC of a listener's address, 22 characters of base64url; never the address. */
  address: "x-canopy-address",
  /** "1" of a listener who brings a ticket that lets him hear a private room. */
  invited: "x-canopy-invited",
  /** Set for who comes from this very machine, or through a proxy on it: behind such an address may stand everybody. */
  near: "x-canopy-near",
  /** Why an object refused, a problem's code. */
  refusal: "x-canopy-refusal",
} as const;
