/** Listeners that come one after another on a timeline which waits for nobody. */
export type Wave = {
  readonly listeners: number;
  readonly perSecond: number;
};

/** What a share of the crowd does once all have come, so long after that; shares from 0 to 1, times in ms. */
export type Mischief = {
  /** Stops reading for `forMs`, then reads on. */
  readonly slow: { readonly share: number; readonly afterMs: number; readonly forMs: number };
  /** Stops reading for good and answers nothing, but keeps the connection: a phone that lost its network. */
  readonly halfOpen: { readonly share: number; readonly afterMs: number };
  /** Loses its connection at once, by a TCP reset without a close frame, and comes back as players do. */
  readonly kill: { readonly share: number; readonly afterMs: number };
};

/** All that a crowd is to do. */
export type CrowdWish = {
  /** Where listeners connect: `ws://…/rooms/demo/listen`. */
  readonly url: string;
  /** Those who come first. */
  readonly first: Wave;
  /** Those who come while the first listen, `afterMs` after they began to. */
  readonly storm: Wave & { readonly afterMs: number };
  /** From when the first have come to when listening counts as begun, in ms. */
  readonly warmMs: number;
  /** How long the crowd listens from then on, in ms. */
  readonly listenMs: number;
  readonly mischief: Mischief;
  /** Addresses of this machine that listeners come from in turn; none: the system chooses. */
  readonly sources: readonly string[];
  /** Listeners come back when their connection ends, as players do. */
  readonly comeBack: boolean;
  /** What they say besides; nothing if it is missing, as of a client that only listens. */
  readonly answers?: Answers | undefined;
};

/** What listeners say: each that he hears, all of them a tap a second if `reacts`, and so large a share of them a question every 11 s. */
export type Answers = { readonly reacts: boolean; readonly askers: number };

/** What a listener is there for. */
export type Role = "steady" | "slow" | "half-open" | "killed" | "storm";

/** Whose times are told apart: one's own stall says nothing of the others' lag. */
export const GROUPS = ["steady", "storm", "slow"] as const;
export type Group = (typeof GROUPS)[number];

/** The golden ratio's fraction: its multiples spread evenly over [0, 1) however many one takes. */
const GOLDEN = 0.618_033_988_749_894_9;

/** What listener `index` is there for; those of the storm come after the first. Shares are spread evenly over the crowd. */
export function roleOf(wish: CrowdWish, index: number): Role {
  if (index >= wish.first.listeners) return "storm";
  const { slow, halfOpen, kill } = wish.mischief;
  const place = (index * GOLDEN) % 1;
  if (place < slow.share) return "slow";
  if (place < slow.share + halfOpen.share) return "half-open";
  return place < slow.share + halfOpen.share + kill.share ? "killed" : "steady";
}

/** True of a listener who asks; the share is spread evenly over the crowd. */
export function asks({ answers }: CrowdWish, index: number): boolean {
  return answers !== undefined && (index * GOLDEN) % 1 < answers.askers;
}

/** Where a role's times are counted. */
export function groupOf(role: Role): Group {
  switch (role) {
    case "slow":
    case "half-open":
      return "slow";
    case "storm":
      return "storm";
    case "steady":
    case "killed":
      return "steady";
  }
}

/** When listener `index` of a wave is due, in ms after the wave began. */
export function dueAfterMs(wave: Wave, index: number): number {
  return (index * 1_000) / wave.perSecond;
}

/** All listeners of a crowd. */
export function sizeOf(wish: CrowdWish): number {
  return wish.first.listeners + wish.storm.listeners;
}
