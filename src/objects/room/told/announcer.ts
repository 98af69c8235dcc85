import type { RoomId } from "../../../core/ids.ts";
import { isRecorded } from "../../../core/room/recording.ts";
import { runsRoom } from "../../../core/room/roles.ts";
import type { Room as People } from "../../../core/room/state.ts";
import { type Switch, switched } from "../../../core/tree/archive/switches.ts";
import type { Reactions } from "../../../core/tree/people/reactions.ts";
import type { Moved } from "../../../core/tree/shape/audience.ts";
import type { BackstageState, QualityState, StageWelcome, State } from "../../../core/wire/messages.ts";
import {
  audienceStateOf,
  bansStateOf,
  captionsStateOf,
  crowdStateOf,
  type Head,
  handsStateOf,
  movedStateOf,
  peopleStateOf,
  pinnedStateOf,
  questionsStateOf,
  reactionsStateOf,
  recordingStateOf,
  roomStateOf,
  scheduleStateOf,
  stageStateOf,
} from "../../../core/wire/room-states.ts";
import type { Backstage } from "../../calls/room.ts";
import type { Env } from "../../env.ts";
import { send } from "../../sockets.ts";
import type { Root } from "../root/root.ts";
import type { Seat, Stage } from "../stage/stage.ts";
import { Captions } from "./captions.ts";
import { type Facts, Notes } from "./notes.ts";
import { Spaced } from "./spaced.ts";

/** The number of listeners is told at most once in this time, in ms. */
const COUNT_MS = 1_000;
/** How the speakers' lines do is told at most once in this time, in ms: pages measure theirs as often. */
const QUALITY_MS = 2_000;
/** What the room is, and who speaks, is told at once, but no more than so many times a second: it goes to every listener. */
const CHANGES = 5;
/** Tells the tree, the stage and the public what changed in a room. Decides nothing but how often. */
export class Announcer {
  readonly #stage: Stage;
  readonly #root: Root;
  readonly #facts: () => Facts;
  readonly #rooms = new Spaced(CHANGES, 1_000, () => {
    const { people, record } = this.#facts();
    this.#epochTold = record.epoch;
    this.#tell(roomStateOf(people, record.epoch, this.#head()));
  });
  readonly #stages = new Spaced(CHANGES, 1_000, () => this.#tell(stageStateOf(this.#facts().people, this.#head())));
  /** What is said, in words; to everybody. */
  readonly captions = new Captions((lines) => this.#tell(captionsStateOf(lines, this.#facts().record.epoch, this.#head())));
  /** What the audience's object is told. */
  readonly notes: Notes;
  #revision: number;
  #epochTold = 0;
  /** What was told of the recording by this life of the object. */
  #switches: readonly Switch[] = [];
  #countedAt = 0;
  #qualityAt = 0;
  #counting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param revision above every revision of an earlier life of the object, so that the newest is always the highest
   * @param outlive keeps the object awake until that work is done
   * @param moved called when the audience says that another room feeds it
   */
  constructor(
    env: Env,
    stage: Stage,
    root: Root,
    revision: number,
    facts: () => Facts,
    outlive: (work: Promise<unknown>) => void,
    moved: (moved: Moved) => void,
  ) {
    this.#revision = revision;
    this.#stage = stage;
    this.#root = root;
    this.#facts = facts;
    this.notes = new Notes(env, root, facts, outlive, moved);
  }

  /** What the room is and does changed; for the public too. Nothing is told after its end, nor may sound come before its epoch: those are told at once. */
  tellRoom(): void {
    const { people, record } = this.#facts();
    if (people.phase === "ended" || record.epoch !== this.#epochTold) this.#rooms.now();
    else this.#rooms.soon();
    this.notes.soon();
  }

  /** That this room feeds the audience of another; to the tree. */
  tellAdopted(from: RoomId): void {
    this.#root.tell(JSON.stringify(movedStateOf(from, this.#facts().record.room, this.#head())));
  }

  /** That another room feeds this audience; to the stage, since the tree hears it from there. */
  tellMoved(to: RoomId): void {
    this.#stage.tell(JSON.stringify(movedStateOf(this.#facts().record.room, to, this.#head())));
  }

  /** Who speaks. */
  tellStage(): void {
    this.#stages.soon();
  }

  /** The question that is shown to all. */
  tellPinned(): void {
    this.#tell(pinnedStateOf(this.#facts().people, this.#head()));
  }

  /** Who wants to speak; to who runs the room. */
  tellHands(): void {
    this.#tellRunners(handsStateOf(this.#facts().people, this.#head()));
  }

  /** What listeners ask; to who runs the room. */
  tellQuestions(): void {
    this.#tellRunners(questionsStateOf(this.#facts().people, this.#head()));
  }

  /** Who takes over, and who is banned; to who runs the room. */
  tellPeople(): void {
    this.#tellRunners(peopleStateOf(this.#facts().people, this.#head()));
  }

  /** What is kept of what is said from here on; to the nodes of the tree. */
  tellRecording(): void {
    const { people, record } = this.#facts();
    const after = this.#root.toldUpTo(record.epoch);
    this.#switches = switched(this.#switches, { on: isRecorded(people), after, atMs: Math.floor(this.#root.roomTime) });
    this.#root.tell(JSON.stringify(recordingStateOf(people, this.#switches, this.#head())));
  }

  /** What is announced of the evening; to who runs the room. */
  tellSchedule(): void {
    this.#tellRunners(scheduleStateOf(this.#facts().people, this.#head()));
  }

  /** Who is kept out; to the nodes of the tree. */
  tellBans(): void {
    const { keptOut } = this.#facts().people;
    const addresses = keptOut.map(({ address }) => address).filter((address) => address !== undefined);
    const sessions = keptOut.map(({ session }) => session);
    this.#root.tell(JSON.stringify(bansStateOf(sessions, addresses, this.#head())));
    this.notes.keepOut();
  }

  /** Everything, as a new life of the object begins. @returns as `notes.now` */
  tellAll(): Promise<boolean> {
    this.#stages.now();
    this.tellPinned();
    this.tellBans();
    this.notes.bequeath();
    this.tellRecording();
    this.#rooms.now();
    return this.notes.now();
  }

  /** What the audience tapped; the tree tells of it at most once a second. */
  reacted(counts: Reactions): void {
    this.#tell(reactionsStateOf(counts, this.#head()));
  }

  /** What is told of the audience may have changed: told at once after a calm, then once a second. */
  counted(): void {
    this.#counting ??= setTimeout(
      () => {
        this.#counting = undefined;
        this.#countedAt = Date.now();
        const figures = this.#root.figures();
        this.#tell(audienceStateOf(figures, this.#head()));
        this.#stage.tell(JSON.stringify(crowdStateOf(figures, this.#head())));
      },
      Math.max(0, COUNT_MS - (Date.now() - this.#countedAt)),
    );
    this.notes.later();
  }

  /** How the speakers' lines do; to the stage. Called whenever one of them was measured. */
  tellQuality(): void {
    const now = Date.now();
    if (now - this.#qualityAt < QUALITY_MS) return;
    this.#qualityAt = now;
    const state: QualityState = { type: "quality", for: "stage", ...this.#head(), lines: this.#stage.quality(now) };
    this.#stage.tell(JSON.stringify(state));
  }

  /** A speaker's first text. */
  welcome(seat: Seat): void {
    const { people, record } = this.#facts();
    const speaker = people.speakers.get(seat.session);
    if (speaker === undefined) return;
    const { session, voice, name, role, air, muted, held } = speaker;
    const figures = this.#root.figures();
    const states = [
      roomStateOf(people, record.epoch, this.#head()),
      stageStateOf(people, this.#head()),
      audienceStateOf(figures, this.#head()),
      crowdStateOf(figures, this.#head()),
      pinnedStateOf(people, this.#head()),
      ...(runsRoom(speaker) ? this.#backstage(people) : []),
    ];
    const text: StageWelcome = {
      type: "stage-welcome",
      ...this.#head(),
      session,
      voice,
      name,
      role,
      onAir: air === "on",
      muted: muted || held !== "no",
      muteLocked: held === "locked",
      states,
    };
    send(seat.socket, JSON.stringify(text));
  }

  /** What who runs the room sees of it now, in one piece. */
  view(): Backstage {
    const { people, record } = this.#facts();
    const head = { revision: this.#revision, roomTime: this.#root.roomTime };
    const { room, title, phase, host, locked, stageLocked } = roomStateOf(people, record.epoch, head);
    const { successors, mayTakeOver, bans } = peopleStateOf(people, head);
    const { listeners, peak, unique, hearing, parts } = this.#root.figures();
    return {
      room,
      title,
      phase,
      host,
      locked,
      stageLocked,
      speakers: stageStateOf(people, head).speakers,
      hands: handsStateOf(people, head).hands,
      questions: questionsStateOf(people, head).questions,
      successors,
      mayTakeOver,
      bans,
      audience: { listeners, peak, unique, hearing },
      regions: parts,
      lines: this.#stage.quality(Date.now()),
      ...(people.doors === undefined ? {} : { schedule: people.doors }),
    };
  }

  #backstage(people: People): readonly BackstageState[] {
    return [handsStateOf, questionsStateOf, peopleStateOf, scheduleStateOf].map((stateOf) => stateOf(people, this.#head()));
  }

  #tellRunners(state: BackstageState): void {
    const { speakers } = this.#facts().people;
    this.#stage.tellThose(JSON.stringify(state), (session) => {
      const speaker = speakers.get(session);
      return speaker !== undefined && runsRoom(speaker);
    });
  }

  #tell(state: State): void {
    const text = JSON.stringify(state);
    this.#root.tell(text);
    this.#stage.tell(text);
  }

  #head(): Head {
    return { revision: ++this.#revision, roomTime: this.#root.roomTime };
  }
}
