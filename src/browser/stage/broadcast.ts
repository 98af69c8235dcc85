import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { StageHears, StageSays, StageState, StageWelcome } from "../../core/wire/messages.ts";
import type { SpokenLine } from "../captions/spoken-lines.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import { sayNo, words } from "../page/words.ts";
import type { MicrophoneChoice } from "../sound/microphone.ts";
import { WakeLock } from "../sound/wake-lock.ts";
import { MuteRule } from "./mute.ts";
import type { SpeakerMemory } from "./speaker-memory.ts";
import { StageEars } from "./stage-ears.ts";
import { StageLine } from "./stage-line.ts";
import { StageMouth } from "./stage-mouth.ts";
import { newStudio, placeIn, type Studio, toldOf } from "./studio.ts";

/**
 * The engine of who is on stage, host or guest: microphone → frames → socket, the others' sound, and what the room says. It shows nothing;
 * `onChange` tells when there is news in `state`.
 */
export class Broadcasting {
  readonly #memory: SpeakerMemory;
  readonly #line: StageLine;
  readonly #mute = new MuteRule();
  readonly #ears: StageEars;
  /** What is said here: for the page to show, and to mix other sounds into. */
  readonly mouth: StageMouth;
  readonly #awake = new WakeLock();
  readonly #onChange: () => void;
  #ticket: string;
  #voice: number | undefined;
  #reconnects = -1;
  #closed = false;
  #state: Studio;

  /**
   * @param ticket the host's, or the one that `you` brought to an invited listener
   * @param onLevels how loud each of the others is, 0 to 1 by voice, some 25 times a second
   */
  constructor(
    room: string,
    ticket: string,
    memory: SpeakerMemory,
    onChange: () => void,
    onLevels: (levels: readonly VoiceLevel[]) => void = () => undefined,
  ) {
    this.#memory = memory;
    this.#ticket = ticket;
    this.#onChange = onChange;
    this.#state = newStudio(memory);
    this.#line = new StageLine(room, ticket, {
      onSaid: (said) => this.#heard(said),
      onSound: (message) => this.#ears.hear(message),
      onChange: (link, end) => this.#lineChanged(link, end),
      onMeasured: () => this.#measured(),
    });
    this.mouth = new StageMouth(
      { unsentBytes: () => this.#line.unsentBytes, send: (message) => this.#line.send(message) },
      { studio: () => this.#state, onChange: (news) => this.#set(news), onOpened: () => this.#opened() },
    );
    this.#ears = new StageEars(onLevels, () => this.#earsChanged());
  }

  /** One's own ticket, the newest: for what is asked by HTTP. */
  get ticket(): string {
    return this.#ticket;
  }

  get state(): Studio {
    return this.#state;
  }

  /** What the line does not get rid of, in bytes. */
  get unsentBytes(): number {
    return this.#line.unsentBytes;
  }

  /** Frames left out because the line could not take them; connections opened after the first. */
  get counts(): { readonly leftOut: number; readonly reconnects: number } {
    return { leftOut: this.mouth.leftOut, reconnects: Math.max(0, this.#reconnects) };
  }

  /** Tells the room a line of captions, with when it was said. A *no* to it is told to nobody: the page cannot mend it. */
  caption({ id, text, final, from, to }: SpokenLine): void {
    const [began, ended] = [this.#line.roomTimeAt(from), this.#line.roomTimeAt(to)];
    const when = began === undefined || ended === undefined ? {} : { from: began, to: ended };
    this.#say({ type: "caption", id, text, final, ...when });
  }

  /** Connects to the room; also takes it back from another window. */
  connect(): void {
    this.#line.start();
    this.#openEars();
  }

  /** Leaves the stage for good: microphone, ears and connection are let go of. */
  close(): void {
    this.#closed = true;
    this.mouth.close();
    this.#ears.close();
    this.#awake.wanted = false;
    this.#line.stop();
  }

  /** How loud the others are heard here. @param volume 0 silent, 1 as they speak */
  set volume(volume: number) {
    this.#ears.volume = volume;
  }

  /** Opens the microphone, or another one. */
  async openMicrophone(choice: MicrophoneChoice): Promise<void> {
    this.#openEars();
    await this.mouth.open(choice);
  }

  /** A gesture: lets a held-back microphone run, and the others' sound out. */
  async touched(): Promise<void> {
    this.#ears.touched();
    if (this.#state.microphone === "held") await this.mouth.wake();
  }

  goOnAir(): void {
    this.mouth.stopCheck();
    this.#want(true);
    this.#sayOnAir();
  }

  /** Tries the sound out on stage: those on it hear it, the audience does not. Going on or off air ends it. */
  rehearse(): void {
    this.mouth.stopCheck();
    this.#want(false);
    this.#set({ rehearsing: true });
    this.#sayRehearsing();
  }

  goOffAir(): void {
    this.#want(false);
    this.#say({ type: "off-air" });
  }

  mute(muted: boolean): void {
    this.#memory.muted = muted;
    this.#mute.clicked(performance.now());
    this.mouth.turn();
    this.#set({ muted });
    this.#say({ type: "mute", muted });
  }

  /** Ends the room for everybody, for good. Says so in `refused` if it could not be said to the room. */
  end(): void {
    if (this.#say({ type: "end" })) this.#want(false);
    else this.#set({ refused: words.studio.end.notEnded });
  }

  /** Records four seconds and plays them back as listeners would hear them. */
  check(): void {
    if (this.#state.microphone === "open" && !this.#state.wanted) this.mouth.check();
  }

  #want(wanted: boolean): void {
    this.#memory.onAir = wanted;
    this.mouth.turn();
    this.#set({ wanted, rehearsing: false, silent: false, refused: undefined });
  }

  #sayRehearsing(): void {
    this.#say({ type: "mute", muted: this.#state.muted, again: true });
    this.#say({ type: "check" });
  }

  /** The room keeps a mute over windows and reconnects, so it is always told which it is, and first: no word slips out. */
  #sayOnAir(): void {
    this.#say({ type: "mute", muted: this.#state.muted, again: true });
    this.#say({ type: "on-air" });
  }

  /** Asks something of the room, as the host's panel does. False if there is no line at this moment. */
  ask(message: StageSays): boolean {
    // The *no* to what was asked before is no answer to this.
    if (this.#state.refused !== undefined) this.#set({ refused: undefined });
    return this.#say(message);
  }

  #say(message: StageSays): boolean {
    return this.#line.say(message);
  }

  #heard(said: StageHears): void {
    if (said.type === "stage-welcome") this.#welcomed(said);
    else this.#set(this.#newsOf(said));
  }

  #newsOf(said: Exclude<StageHears, StageWelcome>): Partial<Studio> {
    switch (said.type) {
      case "refused":
        // Told of a frame or a line now and then: the page cannot mend it, and the sound goes on.
        if (/^(speech|caption)-/.test(said.code)) return {};
        // Nobody goes on air by himself the moment the doors open: he says so again.
        if (said.code === "doors-closed") this.#memory.onAir = false;
        return { refused: sayNo(said), ...(said.code === "doors-closed" ? { wanted: false } : {}) };
      case "pong":
        return { roundTripMs: this.#line.roundTripMs };
      case "stage":
        return this.#placed(said);
      case "ticket":
        // One's own, after a change of role: what opens the stage after a reload.
        if (said.role !== "listener") {
          this.#memory.keepTicket(said.ticket);
          this.#ticket = said.ticket;
        }
        return { ticket: said };
      default:
        return toldOf(said);
    }
  }

  /** Where the room says that one stands. */
  #placed(stage: StageState): Partial<Studio> {
    const place = placeIn(stage, this.#voice);
    if (!this.#mute.isByOther(place.mutedInRoom, this.#state.muted, performance.now())) return { stage, ...place };
    this.#memory.muted = true;
    this.mouth.restart();
    return { stage, ...place, muted: true };
  }

  #welcomed(said: StageWelcome): void {
    this.#voice = said.voice;
    this.#ears.startAnew();
    this.#set({ session: said.session, role: said.role, muteLocked: said.muteLocked });
    this.#reconnects++;
    for (const state of said.states) this.#set(this.#newsOf(state));
    const { wanted, rehearsing } = this.#state;
    const muted = this.#mute.onReturn(said.muted, said.muteLocked, this.#state.muted, wanted || rehearsing);
    this.#memory.muted = muted;
    this.#set({ muted, refused: undefined });
    this.#resume();
  }

  /** Goes on as before a reload or a lost line: the room puts nobody on air by itself. */
  #resume(): void {
    const hasMicrophone = this.#state.microphone === "open" || this.#state.microphone === "held";
    const { wanted, rehearsing, link } = this.#state;
    if (!(wanted || rehearsing) || !hasMicrophone || link !== "open") return;
    this.mouth.restart();
    if (wanted) this.#sayOnAir();
    else this.#sayRehearsing();
  }

  #lineChanged(link: LinkPhase, end: LinkEnd | undefined): void {
    if (link === this.#state.link && end === this.#state.end) return;
    if (link !== "open") {
      if (this.#state.link === "open") this.#mute.lost(performance.now());
      this.mouth.restart();
      this.#set({ onAir: false, mutedInRoom: false, roundTripMs: undefined });
    }
    if (end !== undefined) this.#over(end);
    this.#set({ link, end });
  }

  /** Another window took over, or the room is over: this one listens to nobody, and does not fight for it after a reload. */
  #over(end: LinkEnd): void {
    this.#memory.onAir = false;
    if (end.code === 401 || end.code === 403) this.#memory.ticketRefused();
    this.mouth.shut();
    this.#set({ wanted: false, rehearsing: false, silent: false, lossy: false });
  }

  #openEars(): void {
    // Without them one speaks all the same, and the next try may have more luck.
    void this.#ears.open().then(
      () => this.#earsChanged(),
      () => undefined,
    );
  }

  #earsChanged(): void {
    const earsHeld = this.#state.link === "open" && this.#ears.held;
    if (!this.#closed && earsHeld !== this.#state.earsHeld) this.#set({ earsHeld });
  }

  #opened(): void {
    if (!this.#state.onAir) this.#resume();
  }

  #measured(): void {
    if (this.#state.link !== "open") return;
    // A mute that got lost on its way would leave host and room of two minds.
    const { stage, onAir, muted, mutedInRoom, muteLocked } = this.#state;
    if (onAir && mutedInRoom !== muted && !muteLocked) this.#say({ type: "mute", muted, again: true });
    // And one that somebody else has closed meanwhile is closed here too.
    if (stage !== undefined && mutedInRoom && !muted) this.#set(this.#placed(stage));
    this.#set({ roundTripMs: this.#line.roundTripMs, lossy: this.mouth.isLossy() });
  }

  #set(news: Partial<Studio>): void {
    if (this.#closed) return;
    this.#state = { ...this.#state, ...news };
    this.#awake.wanted = this.#state.onAir;
    this.#onChange();
  }
}
