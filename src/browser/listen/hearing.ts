import type { LaneName } from "../../core/audio/lanes.ts";
import type { PlayerFacts } from "../../core/audio/player.ts";
import type {
  AudienceState,
  CaptionsState,
  PinnedState,
  ReactionsState,
  Refused,
  RoomPhase,
  RoomState,
  StageState,
  State,
  You,
} from "../../core/wire/messages.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import type { Glimpse } from "./glimpse.ts";

/** What the listener hears of the room, as far as it is known. */
export type Hearing = {
  readonly link: LinkPhase;
  readonly end: LinkEnd | undefined;
  readonly listening: boolean;
  /** The newest that is known, by whichever way it came. */
  readonly phase: RoomPhase;
  readonly listeners: number | undefined;
  /** When the doors open, in ms since 1970; undefined once they are open. */
  readonly opensAt?: number | undefined;
  readonly room: RoomState | undefined;
  readonly stage: StageState | undefined;
  readonly audience: AudienceState | undefined;
  readonly reactions: ReactionsState | undefined;
  readonly pinned: PinnedState | undefined;
  readonly captions: CaptionsState | undefined;
  /** How this listener's hand stands; undefined until the room has said anything of him. */
  readonly you: You | undefined;
  /** The last *no* to something that was asked from here. */
  readonly refused: Refused | undefined;
  /** The newest stretch that the room said will not come, in ms, and whether the room began anew meanwhile. */
  readonly missed: { readonly ms: number; readonly anew: boolean } | undefined;
  /** Chunks that come in one message: more than one where a leaf has more to do than time. */
  readonly stride: number;
  /** The room that took this audience over while this page was open, by name. */
  readonly moved: string | undefined;
  readonly facts: PlayerFacts | undefined;
  /** By which lane it is heard; `full`: because the tree had no place. */
  readonly lane: LaneName;
  readonly full: boolean;
  /** From the click to the first sound, in ms. */
  readonly firstSoundMs: number | undefined;
  /** How often a leaf has welcomed this page: each new leaf knows nothing of what was said before. */
  readonly welcomes: number;
  /** Connections opened after the first. */
  readonly reconnects: number;
  /** The browser or the phone holds the sound back; a touch gives it free. */
  readonly held: boolean;
};

/** Before anything was heard, but for what the page knew. */
export const NOTHING_YET: Omit<Hearing, keyof Glimpse> = {
  link: "idle",
  end: undefined,
  listening: false,
  room: undefined,
  stage: undefined,
  audience: undefined,
  reactions: undefined,
  pinned: undefined,
  captions: undefined,
  you: undefined,
  refused: undefined,
  missed: undefined,
  stride: 1,
  moved: undefined,
  facts: undefined,
  lane: "live",
  full: false,
  firstSoundMs: undefined,
  welcomes: 0,
  reconnects: 0,
  held: false,
};

/** True once there is nothing to listen to any more, and no use in trying. */
export function isOver({ end, phase }: Hearing): boolean {
  return end !== undefined || phase === "ended";
}

/** What a state changes of what is known. */
export function newsOf(state: State | You | Refused): Partial<Hearing> {
  switch (state.type) {
    case "you":
      return { you: state };
    case "refused":
      return { refused: state };
    case "reactions":
      return { reactions: state };
    case "pinned":
      return { pinned: state };
    case "captions":
      return { captions: state };
    case "room":
      return { room: state, phase: state.phase, opensAt: state.opensAt };
    case "stage":
      return { stage: state };
    case "status":
      return { stride: state.stride };
    case "audience":
      return { listeners: state.listeners, audience: state };
    case "moved":
      return { moved: state.room };
  }
}
