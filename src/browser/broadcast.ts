import type { StageHears, StageSays, StageWelcome } from "../core/wire/messages.ts";
import { parseStageHears } from "../core/wire/parse.ts";
import { whyNoStage } from "./api.ts";
import type { HostMemory } from "./host-ticket.ts";
import { Link } from "./link.ts";
import type { LinkEnd, LinkPhase } from "./link-mind.ts";
import { isUncleaned, type MicrophoneChoice } from "./microphone.ts";
import { RoundTrip } from "./round-trip.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { SpeechSender, type SpokenFrame } from "./speech-sender.ts";
import { newStudio, placeIn, type Studio } from "./studio.ts";
import { StudioMicrophone } from "./studio-microphone.ts";
import { WakeLock } from "./wake-lock.ts";
import { sayNo, words } from "./words.ts";

/** The line is measured this often, in ms, and is dead if nothing answers for patience's sum. */
const PING_MS = 2_000;
const PATIENCE = { silentMs: 5_000, answerMs: 3_000 };
/** Two would halve the messages that the room reads and cost everybody 20 ms; one host's 50 a second are nothing to it. */
const FRAMES_PER_MESSAGE = 1;
/** A line that left frames out is called too slow for so long after, in ms. */
const LOSSY_MS = 10_000;
/** The host's engine: microphone → frames → socket, and what the room says. It shows nothing; `onChange` tells when there is news. */
export class Broadcasting {
  readonly #memory: HostMemory;
  readonly #link: Link;
  readonly #microphone: StudioMicrophone;
  readonly #sender: SpeechSender;
  readonly #roundTrip = new RoundTrip();
  readonly #silence = new SilenceWatch();
  readonly #awake = new WakeLock();
  readonly #onChange: () => void;
  #voice: number | undefined;
  #leftOut = 0;
  #leftOutAt = Number.NEGATIVE_INFINITY;
  #reconnects = -1;
  #state: Studio;

  constructor(room: string, ticket: string, memory: HostMemory, onChange: () => void) {
    this.#memory = memory;
    this.#onChange = onChange;
    this.#state = newStudio(memory);
    this.#link = new Link({
      url: () => `${location.origin.replace("http", "ws")}/rooms/${room}/stage`,
      protocols: ["canopy.v1", `ticket.${ticket}`],
      patience: PATIENCE,
      probe: () => this.#ping(),
      expectsSound: () => true,
      onText: (text) => this.#heard(parseStageHears(text)),
      onBinary: () => undefined,
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
    });
    window.setInterval(() => this.#eachPing(), PING_MS);
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

  /** Connects to the room; also takes it back from another window. */
  connect(): void {
    this.#link.start();
  }

  /** Opens the microphone, or another one. */
  async openMicrophone(choice: MicrophoneChoice): Promise<void> {
    this.#sender.restart();
    this.#sender.everything = isUncleaned(choice.cleaning);
    await this.#microphone.open(choice);
  }

  /** A gesture: lets a held-back microphone run. */
  async touched(): Promise<void> {
    if (this.#state.microphone === "held") await this.#microphone.wake();
  }

  goOnAir(): void {
    this.#microphone.stopCheck();
    this.#want(true);
    this.#sayOnAir();
  }

  goOffAir(): void {
    this.#want(false);
    this.#say({ type: "off-air" });
  }

  mute(muted: boolean): void {
    this.#memory.muted = muted;
    this.#sender.restart();
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
    this.#sender.restart();
    this.#silence.begin(performance.now());
    this.#set({ wanted, silent: false, refused: undefined });
  }

  /** The room keeps a mute over windows and reconnects, so it is always told which it is, and first: no word slips out. */
  #sayOnAir(): void {
    this.#say({ type: "mute", muted: this.#state.muted });
    this.#say({ type: "on-air" });
  }

  /** Asks something of the room, as the host's panel does. False if there is no line at this moment. */
  ask(message: StageSays): boolean {
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
        // Told of a frame now and then: the page cannot mend it, and the sound goes on.
        return said.code.startsWith("speech-") ? {} : { refused: sayNo(said) };
      case "pong":
        this.#roundTrip.answered(said.id, performance.now());
        return { roundTripMs: this.#roundTrip.ms(performance.now()) };
      case "room":
        return { room: said };
      case "stage":
        return { stage: said, ...placeIn(said, this.#voice) };
      case "audience":
        return { audience: said };
      case "reactions":
        return { reactions: said };
      case "pinned":
        return { pinned: said };
      case "hands":
        return { hands: said };
      case "questions":
        return { questions: said };
      case "people":
        return { people: said };
      case "crowd":
        return { crowd: said };
      case "quality":
        return { quality: said };
      case "ticket":
        return { ticket: said };
      // A leaf says it to its listeners, never to a stage.
      case "status":
        return {};
      case "moved":
        // Right after it the connection is closed for good, and says so.
        return {};
    }
  }

  #welcomed(said: StageWelcome): void {
    this.#voice = said.voice;
    this.#set({ session: said.session, role: said.role });
    this.#reconnects++;
    for (const state of said.states) this.#set(this.#newsOf(state));
    // A window that is not on air takes over how the host was in the one before.
    const muted = this.#state.wanted ? this.#state.muted : said.muted;
    this.#memory.muted = muted;
    this.#set({ muted, refused: undefined });
    this.#resume();
  }

  /** Goes on as before a reload or a lost line: the room puts nobody on air by itself. */
  #resume(): void {
    const hasMicrophone = this.#state.microphone === "open" || this.#state.microphone === "held";
    if (!this.#state.wanted || !hasMicrophone || this.#state.link !== "open") return;
    this.#sender.restart();
    this.#sayOnAir();
  }

  #linkChanged(link: LinkPhase, end: LinkEnd | undefined): void {
    if (link === this.#state.link && end === this.#state.end) return;
    if (link !== "open") {
      this.#sender.restart();
      this.#roundTrip.forget();
      this.#set({ onAir: false, mutedInRoom: false, roundTripMs: undefined });
    }
    if (end !== undefined) this.#over(end);
    this.#set({ link, end });
  }

  /** Another window took over, or the room is over: this one listens to nobody, and does not fight for it after a reload. */
  #over(end: LinkEnd): void {
    this.#memory.onAir = false;
    if (end.code === 401 || end.code === 403) this.#memory.ticketRefused();
    this.#microphone.close();
    this.#set({ wanted: false, silent: false, lossy: false });
  }

  #opened(): void {
    this.#silence.begin(performance.now());
    if (!this.#state.onAir) this.#resume();
  }

  #spoken(frame: SpokenFrame): void {
    if (!this.#state.wanted || this.#state.muted || this.#state.link !== "open") return;
    this.#sender.take(frame);
  }

  #leveled(level: number): void {
    const nothing = this.#silence.silent(level, this.#sender.speaking, performance.now());
    const silent = nothing && this.#state.onAir && !this.#state.muted && this.#state.microphone === "open";
    if (silent !== this.#state.silent) this.#set({ silent });
  }

  #eachPing(): void {
    if (this.#state.link !== "open") return;
    this.#link.send(this.#ping());
    // A mute that got lost on its way would leave host and room of two minds.
    if (this.#state.onAir && this.#state.mutedInRoom !== this.#state.muted) this.#say({ type: "mute", muted: this.#state.muted });
    const now = performance.now();
    if (this.#sender.leftOut > this.#leftOut) this.#leftOutAt = now;
    this.#leftOut = this.#sender.leftOut;
    this.#set({ roundTripMs: this.#roundTrip.ms(now), lossy: now - this.#leftOutAt < LOSSY_MS });
  }

  #ping(): string {
    return JSON.stringify({ type: "ping", id: this.#roundTrip.sent(performance.now()) } satisfies StageSays);
  }

  #set(news: Partial<Studio>): void {
    this.#state = { ...this.#state, ...news };
    this.#awake.wanted = this.#state.onAir;
    this.#onChange();
  }
}
