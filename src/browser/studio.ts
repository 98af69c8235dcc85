import type { SessionId } from "../core/ids.ts";
import type { Role } from "../core/room/roles.ts";
import type {
  AudienceState,
  CrowdState,
  HandsState,
  PeopleState,
  PinnedState,
  QualityState,
  QuestionsState,
  ReactionsState,
  RoomState,
  StageState,
  TicketText,
} from "../core/wire/messages.ts";
import type { LinkEnd, LinkPhase } from "./link-mind.ts";
import type { CheckPhase } from "./sound-check.ts";

/** All that the host page shows. */
export type Studio = {
  readonly link: LinkPhase;
  readonly end: LinkEnd | undefined;
  /** What the host wants, and what the room has said of it. */
  readonly wanted: boolean;
  readonly onAir: boolean;
  readonly muted: boolean;
  /** The room holds the host muted: until it says otherwise nobody hears him, whatever he wants. */
  readonly mutedInRoom: boolean;
  readonly microphone: "closed" | "opening" | "open" | "held" | "fault";
  readonly fault: string | undefined;
  /** What the host should know though it works. */
  readonly notice: string | undefined;
  readonly room: RoomState | undefined;
  readonly stage: StageState | undefined;
  readonly audience: AudienceState | undefined;
  readonly reactions: ReactionsState | undefined;
  readonly pinned: PinnedState | undefined;
  readonly hands: HandsState | undefined;
  readonly questions: QuestionsState | undefined;
  readonly people: PeopleState | undefined;
  readonly crowd: CrowdState | undefined;
  readonly quality: QualityState | undefined;
  /** Who this is; undefined before the room has said so. */
  readonly session: SessionId | undefined;
  readonly role: Exclude<Role, "listener"> | undefined;
  /** The newest ticket that the room gave here: one's own after a change of role, or a listener's invitation. */
  readonly ticket: TicketText | undefined;
  readonly roundTripMs: number | undefined;
  readonly check: CheckPhase;
  /** The last *no* from the room, in its words. */
  readonly refused: string | undefined;
  /** On air, but nothing worth hearing comes from the microphone. */
  readonly silent: boolean;
  /** Frames were left out some seconds ago, because the line could not take them. */
  readonly lossy: boolean;
};

/** A studio that is just being opened, by somebody who wanted that much before a reload. */
export function newStudio(before: { readonly onAir: boolean; readonly muted: boolean }): Studio {
  return {
    link: "idle",
    end: undefined,
    wanted: before.onAir,
    onAir: false,
    muted: before.muted,
    mutedInRoom: false,
    microphone: "closed",
    fault: undefined,
    notice: undefined,
    room: undefined,
    stage: undefined,
    audience: undefined,
    reactions: undefined,
    pinned: undefined,
    hands: undefined,
    questions: undefined,
    people: undefined,
    crowd: undefined,
    quality: undefined,
    session: undefined,
    role: undefined,
    ticket: undefined,
    roundTripMs: undefined,
    check: "idle",
    refused: undefined,
    silent: false,
    lossy: false,
  };
}

/** Where the room says that the speaker with this voice stands. */
export function placeIn(stage: StageState, voice: number | undefined): Pick<Studio, "onAir" | "mutedInRoom"> {
  const state = stage.speakers.find((speaker) => speaker.voice === voice)?.state;
  return { onAir: state === "on-air" || state === "muted", mutedInRoom: state === "muted" };
}
