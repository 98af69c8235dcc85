import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { StageHears, StageSays, StageState, StageWelcome } from "../../core/wire/messages.ts";
import { parseStageHears } from "../../core/wire/parse.ts";
import { RoomClock } from "../captions/room-clock.ts";
import type { SpokenLine } from "../captions/spoken-lines.ts";
import { Talkspurts, type Voiced } from "../captions/talkspurts.ts";
import { Link } from "../line/link.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import { RoundTrip } from "../line/round-trip.ts";
import { SilenceWatch } from "../line/silence-watch.ts";
import { whyNoStage } from "../line/why-not.ts";
import { sayNo, words } from "../page/words.ts";
import { every } from "../sound/every.ts";
import { isUncleaned, type MicrophoneChoice } from "../sound/microphone.ts";
import { SpeechSender, type SpokenFrame } from "../sound/speech-sender.ts";
import { WakeLock } from "../sound/wake-lock.ts";
import { SideSounds } from "./side-sounds.ts";
import type { SpeakerMemory } from "./speaker-memory.ts";
import { StageEars } from "./stage-ears.ts";
import { newStudio, placeIn, type Studio, toldOf } from "./studio.ts";
import { StudioMicrophone } from "./studio-microphone.ts";

/** The line is measured this often, in ms, and is dead if nothing answers for patience's sum. */
const PING_MS = 2_000;
const PATIENCE = { silentMs: 5_000, answerMs: 3_000 };
/** Two would halve the messages that the room reads and cost everybody 20 ms; one host's 50 a second are nothing to it. */
const FRAMES_PER_MESSAGE = 1;
/** A line that left frames out is called too slow for so long after, in ms. */
const LOSSY_MS = 10_000;
/** What was muted or unmuted here stands for so long, in ms, before the room's own word is taken for newer. */
const MUTE_SETTLES_MS = 2_000;
/** What was said is let go out before a connection is closed, in ms. */
const FAREWELL_MS = 200;

/**
 * The engine of who is on stage, host or guest: microphone → frames → socket, the others' sound, and what the room says. It shows nothing;
 * `onChange` tells when there is news in `state`.
 */
export class Broadcasting {
  readonly #memory: SpeakerMemory;
  readonly #link: Link;
  readonly #microphone: StudioMicrophone;
  readonly #sender: SpeechSender;
  readonly #roundTrip = new RoundTrip();
  readonly #clock = new RoomClock();
  readonly #talk = new Talkspurts();
  readonly #silence = new SilenceWatch();
  readonly #ears: StageEars;
  /** A sound file and a browser tab that are mixed into what is said: for the page to choose, play and stop. */
  readonly sides: SideSounds;
  readonly #awake = new WakeLock();
  readonly #onChange: () => void;
  #ticket: string;
  #voice: number | undefined;
  #leftOut = 0;
  #leftOutAt = Number.NEGATIVE_INFINITY;
  #reconnects = -1;
  #mutedAt = Number.NEGATIVE_INFINITY;
  #lostAt = Number.NEGATIVE_INFINITY;
  #uncleaned = false;
  #closed = false;
  #stopPinging: (() => void) | undefined;
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
    this.#link = new Link({
      url: () => `${location.origin.replace("http", "ws")}/rooms/${room}/stage`,
      protocols: ["canopy.v1", `ticket.${ticket}`],
      patience: PATIENCE,
      every,
      probe: () => this.#ping(),
      expectsSound: () => true,
      onText: (text) => this.#heard(parseStageHears(text)),
      onBinary: (bytes) => this.#ears.hear(bytes),
      onChange: (link, end) => this.#linkChanged(link, end),
      askWhy: () => whyNoStage(room, ticket),
    });
    const send = (message: Uint8Array<ArrayBuffer>) => this.#link.send(message);
    this.#sender = new SpeechSender({ unsentBytes: () => this.#link.unsentBytes, send }, FRAMES_PER_MESSAGE);
    this.#microphone = new StudioMicrophone({
      onFrame: (frame) => this.#spoken(frame),
      onLevel: (level) => this.#leveled(level),
      onChange: (news) => this.#set(news),
      onOpened: () => this.#opened(),
      onMouth: (mouth) => this.sides.attach(mouth),
    });
    this.#ears = new StageEars(onLevels, () => this.#earsChanged());
    this.sides = new SideSounds((news) => {
      this.#sender.everything = this.#uncleaned || this.sides.sounding;
      this.#set(news);
    });
  }

  /** One's own ticket, the newest: for what is asked by HTTP. */
  get ticket(): string {
    return this.#ticket;
  }

  get state(): Studio {
    return this.#state;
  }

  /** The microphone's level just now, −dBov. */
  get level(): number {
    return this.#microphone.level;
  }

  /** What the line does not get rid of, in bytes. */
  get unsentBytes(): number {
    return this.#link.unsentBytes;
  }

  /** Frames left out because the line could not take them; connections opened after the first. */
  get counts(): { readonly leftOut: number; readonly reconnects: number } {
    return { leftOut: this.#sender.leftOut, reconnects: Math.max(0, this.#reconnects) };
  }

  get device(): { readonly id: string | undefined; readonly label: string } | undefined {
    return this.#microphone.device;
  }

  /** What the microphone captures, for who recognizes it; undefined while none is open. */
  get track(): MediaStreamTrack | undefined {
    return this.#microphone.track;
  }

  /** When there was a voice last, by this page's clock. */
  get voiced(): Voiced | undefined {
    return this.#talk.last;
  }

  /** Tells the room a line of captions, with when it was said. A *no* to it is told to nobody: the page cannot mend it. */
  caption({ id, text, final, from, to }: SpokenLine): void {
    const [began, ended] = [this.#clock.at(from), this.#clock.at(to)];
    const when = began === undefined || ended === undefined ? {} : { from: began, to: ended };
    this.#say({ type: "caption", id, text, final, ...when });
  }

  /** Connects to the room; also takes it back from another window. */
  connect(): void {
    this.#stopPinging ??= every(PING_MS, () => this.#eachPing());
    this.#link.start();
    this.#openEars();
  }

  /** Leaves the stage for good: microphone, ears and connection are let go of. */
  close(): void {
    this.#closed = true;
    this.#stopPinging?.();
    this.#stopPinging = undefined;
    this.#sender.finish();
    this.sides.close();
    this.#microphone.close();
    this.#ears.close();
    this.#awake.wanted = false;
    // What was said last is still on its way out.
    setTimeout(() => this.#link.stop(), FAREWELL_MS);
  }

  /** How loud the others are heard here. @param volume 0 silent, 1 as they speak */
  set volume(volume: number) {
    this.#ears.volume = volume;
  }

  /** Opens the microphone, or another one. */
  async openMicrophone(choice: MicrophoneChoice): Promise<void> {
    this.#sender.restart();
    this.#uncleaned = isUncleaned(choice.cleaning);
    this.#sender.everything = this.#uncleaned || this.sides.sounding;
    this.#openEars();
    await this.#microphone.open(choice);
  }

  /** A gesture: lets a held-back microphone run, and the others' sound out. */
  async touched(): Promise<void> {
    this.#ears.touched();
    if (this.#state.microphone === "held") await this.#microphone.wake();
  }

  goOnAir(): void {
    this.#microphone.stopCheck();
    this.#want(true);
    this.#sayOnAir();
  }

  /** Tries the sound out on stage: those on it hear it, the audience does not. Going on or off air ends it. */
  rehearse(): void {
    this.#microphone.stopCheck();
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
    this.#mutedAt = performance.now();
    this.#sender.finish();
    this.#silence.begin(performance.now());
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
    if (this.#state.microphone === "open" && !this.#state.wanted) this.#microphone.check();
  }

  #want(wanted: boolean): void {
    this.#memory.onAir = wanted;
    this.#sender.finish();
    this.#silence.begin(performance.now());
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
    return this.#link.send(JSON.stringify(message));
  }

  #heard(said: StageHears | undefined): void {
    if (said === undefined) return;
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
        this.#roundTrip.answered(said.id, performance.now());
        this.#clock.answered(said.id, said.roomTime);
        return { roundTripMs: this.#roundTrip.ms(performance.now()) };
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

  /** Where the room says that one stands. Muted by somebody else is muted here too; nobody else opens a microphone that its owner shut. */
  #placed(stage: StageState): Partial<Studio> {
    const place = placeIn(stage, this.#voice);
    const byOther = place.mutedInRoom && !this.#state.muted && performance.now() - this.#mutedAt > MUTE_SETTLES_MS;
    if (!byOther) return { stage, ...place };
    this.#memory.muted = true;
    this.#sender.restart();
    return { stage, ...place, muted: true };
  }

  #welcomed(said: StageWelcome): void {
    this.#voice = said.voice;
    this.#ears.startAnew();
    this.#set({ session: said.session, role: said.role, muteLocked: said.muteLocked });
    this.#reconnects++;
    for (const state of said.states) this.#set(this.#newsOf(state));
    // A mute of before stands, whoever made it, until it is lifted here: what was clicked while the line was lost is newer.
    const { wanted, rehearsing } = this.#state;
    const clicked = this.#mutedAt > this.#lostAt;
    const before = clicked ? this.#state.muted : said.muted || ((wanted || rehearsing) && this.#state.muted);
    const muted = said.muteLocked || before;
    this.#memory.muted = muted;
    this.#set({ muted, refused: undefined });
    this.#resume();
  }

  /** Goes on as before a reload or a lost line: the room puts nobody on air by itself. */
  #resume(): void {
    const hasMicrophone = this.#state.microphone === "open" || this.#state.microphone === "held";
    const { wanted, rehearsing, link } = this.#state;
    if (!(wanted || rehearsing) || !hasMicrophone || link !== "open") return;
    this.#sender.restart();
    if (wanted) this.#sayOnAir();
    else this.#sayRehearsing();
  }

  #linkChanged(link: LinkPhase, end: LinkEnd | undefined): void {
    if (link === this.#state.link && end === this.#state.end) return;
    if (link !== "open") {
      if (this.#state.link === "open") this.#lostAt = performance.now();
      this.#sender.restart();
      this.#roundTrip.forget();
      this.#clock.forget();
      this.#set({ onAir: false, mutedInRoom: false, roundTripMs: undefined });
    }
    if (end !== undefined) this.#over(end);
    this.#set({ link, end });
  }

  /** Another window took over, or the room is over: this one listens to nobody, and does not fight for it after a reload. */
  #over(end: LinkEnd): void {
    this.#memory.onAir = false;
    if (end.code === 401 || end.code === 403) this.#memory.ticketRefused();
    this.sides.closeTab();
    this.#microphone.close();
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
    this.#silence.begin(performance.now());
    if (!this.#state.onAir) this.#resume();
  }

  #spoken(frame: SpokenFrame): void {
    const { wanted, rehearsing, muted, link } = this.#state;
    if (!(wanted || rehearsing) || muted || link !== "open") return;
    this.#sender.take(frame);
  }

  #leveled(level: number): void {
    this.#talk.frame(this.#sender.speaking, performance.now());
    const nothing = this.#silence.silent(level, this.#sender.speaking, performance.now());
    const silent = nothing && this.#state.onAir && !this.#state.muted && this.#state.microphone === "open";
    if (silent !== this.#state.silent) this.#set({ silent });
  }

  #eachPing(): void {
    if (this.#state.link !== "open") return;
    this.#link.send(this.#ping());
    // A mute that got lost on its way would leave host and room of two minds.
    const { stage, onAir, muted, mutedInRoom, muteLocked } = this.#state;
    if (onAir && mutedInRoom !== muted && !muteLocked) this.#say({ type: "mute", muted, again: true });
    // And one that somebody else has closed meanwhile is closed here too.
    if (stage !== undefined && mutedInRoom && !muted) this.#set(this.#placed(stage));
    const now = performance.now();
    if (this.#sender.leftOut > this.#leftOut) this.#leftOutAt = now;
    this.#leftOut = this.#sender.leftOut;
    this.#set({ roundTripMs: this.#roundTrip.ms(now), lossy: now - this.#leftOutAt < LOSSY_MS });
  }

  #ping(): string {
    const now = performance.now();
    const rttMs = this.#roundTrip.ms(now);
    const id = this.#roundTrip.sent(now);
    this.#clock.sent(id, now);
    const ping: StageSays = { type: "ping", id, ...(rttMs === undefined ? {} : { rttMs }) };
    return JSON.stringify(ping);
  }

  #set(news: Partial<Studio>): void {
    if (this.#closed) return;
    this.#state = { ...this.#state, ...news };
    this.#awake.wanted = this.#state.onAir;
    this.#onChange();
  }
}
