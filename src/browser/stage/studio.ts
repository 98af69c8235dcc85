import type { SessionId } from "../../core/ids.ts";
import type { Role, Standing } from "../../core/room/roles.ts";
import type {
  AudienceState,
  CaptionsState,
  CrowdState,
  HandsState,
  PeopleState,
  PinnedState,
  Pong,
  QualityState,
  QuestionsState,
  ReactionsState,
  Refused,
  RoomState,
  ScheduleState,
  StageHears,
  StageState,
  StageWelcome,
  TicketText,
} from "../../core/wire/messages.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import type { FileSound, SideFault } from "./side-sounds.ts";
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
  /** Muted by who runs the room: only there can this microphone be opened again. */
  readonly muteLocked: boolean;
  /** He is to be heard only while nobody else is; and he is now. */
  readonly standsBy: boolean;
  readonly steppedIn: boolean;
  /** The stage hears him and the audience does not: he tries his sound out before he goes on air. */
  readonly rehearsing: boolean;
  /** The browser or the phone holds back what the others on stage say: a touch of the page gives it free. */
  readonly earsHeld: boolean;
  /** The sound file that was chosen to be mixed in. */
  readonly file: FileSound | undefined;
  /** The browser tab whose sound is mixed in, by its name. */
  readonly tab: string | undefined;
  /** Why the last file or tab could not be had. */
  readonly sideFault: SideFault | undefined;
  readonly microphone: "closed" | "opening" | "open" | "held" | "fault";
  readonly fault: string | undefined;
  /** What the host should know though it works. */
  readonly notice: string | undefined;
  readonly room: RoomState | undefined;
  readonly stage: StageState | undefined;
  readonly audience: AudienceState | undefined;
  readonly reactions: ReactionsState | undefined;
  readonly pinned: PinnedState | undefined;
  readonly captions: CaptionsState | undefined;
  readonly hands: HandsState | undefined;
  readonly questions: QuestionsState | undefined;
  readonly people: PeopleState | undefined;
  readonly schedule: ScheduleState | undefined;
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
    muteLocked: false,
    standsBy: false,
    steppedIn: false,
    rehearsing: false,
    earsHeld: false,
    file: undefined,
    tab: undefined,
    sideFault: undefined,
    microphone: "closed",
    fault: undefined,
    notice: undefined,
    room: undefined,
    stage: undefined,
    audience: undefined,
    reactions: undefined,
    pinned: undefined,
    captions: undefined,
    hands: undefined,
    questions: undefined,
    people: undefined,
    schedule: undefined,
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
export function placeIn(
  stage: StageState,
  voice: number | undefined,
): Pick<Studio, "onAir" | "mutedInRoom" | "muteLocked" | "standsBy" | "steppedIn"> {
  const { state, muteLocked, standby, steppedIn } = stage.speakers.find((speaker) => speaker.voice === voice) ?? {};
  const [onAir, mutedInRoom] = [state === "on-air" || state === "muted", state === "muted"];
  return { onAir, mutedInRoom, muteLocked: muteLocked === true, standsBy: standby === true, steppedIn: steppedIn === true };
}

/** What a text of the room changes of what is shown, as it is. */
export function toldOf(said: Exclude<StageHears, StageWelcome | Refused | Pong | StageState>): Partial<Studio> {
  switch (said.type) {
    case "room":
      return { room: said };
    case "audience":
      return { audience: said };
    case "reactions":
      return { reactions: said };
    case "pinned":
      return { pinned: said };
    case "captions":
      return { captions: said };
    case "hands":
      return { hands: said };
    case "questions":
      return { questions: said };
    case "people":
      return { people: said };
    case "schedule":
      return { schedule: said };
    case "crowd":
      return { crowd: said };
    case "quality":
      return { quality: said };
    case "ticket":
      return { ticket: said };
    // A leaf says it to its listeners, never to a stage.
    case "status":
    // Right after it the connection is closed for good, and says so.
    case "moved":
      return {};
  }
}

/** Where this page's owner stands in the room now: as the stage has him, which a change of role does not reconnect. */
export function standingIn({ stage, session, role }: Studio): Standing | undefined {
  const mine = stage?.speakers.find((one) => one.session === session);
  return mine ?? (role === undefined ? undefined : { role });
}
