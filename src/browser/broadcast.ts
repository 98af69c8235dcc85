import { SILENCE_LEVEL } from "../core/audio/format.ts";
import type { AudienceState, RoomState, StageHears, StageSays, StageState, StageWelcome } from "../core/wire/messages.ts";
import { parseStageHears } from "../core/wire/parse.ts";
import { whyNot } from "./api.ts";
import { BROWSERS_THAT_ENCODE } from "./encoder.ts";
import { type HostMemory, ticketExpiryMs } from "./host-ticket.ts";
import { Link } from "./link.ts";
import type { LinkEnd, LinkPhase } from "./link-mind.ts";
import { type MicrophoneChoice, sayMicrophoneFault } from "./microphone.ts";
import { CHECK_FRAMES, playBack } from "./sound-check.ts";
import { SpeechSender, type SpokenFrame } from "./speech-sender.ts";
import { StudioInput } from "./studio-input.ts";

/** The line is measured this often, in ms, and is dead if nothing answers for patience's sum. */
const PING_MS = 2_000;
const PATIENCE = { silentMs: 5_000, answerMs: 3_000 };
/** Two would halve the messages that the room reads and cost everybody 20 ms; one host's 50 a second are nothing to it. */
const FRAMES_PER_MESSAGE = 1;
/** What is softer than this, in −dBov, comes from no open microphone: −70 dBov. */
const DEAD_LEVEL = 70;
/** So long without a sign of life, in ms, and the host is warned: the first for a dead microphone, the second for no voice. */
const DEAD_MS = 5_000;
const UNHEARD_MS = 25_000;

/** All that the host page shows. */
export type Studio = {
  readonly link: LinkPhase;
  readonly end: LinkEnd | undefined;
  /** What the host wants, and what the room has said of it. */
  readonly wanted: boolean;
  readonly onAir: boolean;
  readonly muted: boolean;
  readonly microphone: "closed" | "opening" | "open" | "held" | "fault";
  readonly fault: string | undefined;
  readonly room: RoomState | undefined;
  readonly stage: StageState | undefined;
  readonly audience: AudienceState | undefined;
  readonly roundTripMs: number | undefined;
  readonly check: "idle" | "recording" | "playing";
  /** The last *no* from the room, in its words. */
  readonly refused: string | undefined;
  /** On air, but nothing worth hearing has come from the microphone for some seconds. */
  readonly silent: boolean;
};

/** The host's engine: microphone → frames → socket, and what the room says. It shows nothing; `onChange` tells when there is news. */
export class Broadcasting {
  readonly #memory: HostMemory;
  readonly #link: Link;
  readonly #input: StudioInput;
  readonly #sender: SpeechSender;
  readonly #onChange: () => void;
  #voice: number | undefined;
  #checked: Uint8Array[] | undefined;
  #aliveAt = 0;
  #heardAt = 0;
  #pingId = 0;
  #pingAt = 0;
  #reconnects = -1;
  #level = SILENCE_LEVEL;
  #state: Studio;

  constructor(room: string, ticket: string, memory: HostMemory, onChange: () => void) {
    this.#memory = memory;
    this.#onChange = onChange;
    this.#state = {
      link: "idle",
      end: undefined,
      wanted: memory.onAir,
      onAir: false,
      muted: memory.muted,
      microphone: "closed",
      fault: undefined,
      room: undefined,
      stage: undefined,
      audience: undefined,
      roundTripMs: undefined,
      check: "idle",
      refused: undefined,
      silent: false,
    };
    const url = new URL(`/rooms/${room}/stage`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#link = new Link({
      url: () => url.href,
      protocols: ["canopy.v1", `ticket.${ticket}`],
      patience: PATIENCE,
      probe: () => this.#ping(),
      expectsSound: () => true,
      onText: (text) => this.#heard(parseStageHears(text)),
      onBinary: () => undefined,
      onChange: (link, end) => this.#linkChanged(link, end),
      askWhy: async () => (await whyNot(room)) ?? expired(ticket),
    });
    const line = { unsentBytes: () => this.#link.unsentBytes, send: (message: Uint8Array<ArrayBuffer>) => this.#link.send(message) };
    this.#sender = new SpeechSender(line, FRAMES_PER_MESSAGE);
    this.#input = new StudioInput(
      (frame) => this.#spoken(frame),
      (level) => this.#leveled(level),
      (fault) => this.#failed(fault),
    );
    window.setInterval(() => this.#eachPing(), PING_MS);
  }

  get state(): Studio {
    return this.#state;
  }

  /** The microphone's level just now, −dBov; and what the line does not get rid of, in bytes. */
  get level(): number {
    return this.#level;
  }

  get unsentBytes(): number {
    return this.#link.unsentBytes;
  }

  /** Frames left out because the line could not take them; connections opened after the first. */
  get counts(): { readonly leftOut: number; readonly reconnects: number } {
    return { leftOut: this.#sender.leftOut, reconnects: Math.max(0, this.#reconnects) };
  }

  get device(): { readonly id: string | undefined; readonly label: string } | undefined {
    return this.#input.microphone?.device;
  }

  /** Connects to the room; also takes it back from another window. */
  connect(): void {
    this.#link.start();
  }

  /** Opens the microphone, or another one. */
  async openMicrophone(choice: MicrophoneChoice): Promise<void> {
    this.#set({ microphone: "opening", fault: undefined });
    this.#sender.restart();
    try {
      if (!(await this.#input.open(choice))) return;
      this.#aliveAt = performance.now();
      this.#heardAt = this.#aliveAt;
      const context = this.#input.microphone?.context;
      const follow = () =>
        context === this.#input.microphone?.context && this.#set({ microphone: context?.state === "running" ? "open" : "held" });
      context?.addEventListener("statechange", follow);
      follow();
      if (!this.#state.onAir) this.#resume();
    } catch (fault) {
      this.#failed(fault);
    }
  }

  /** A gesture: lets a held-back microphone run. */
  async touched(): Promise<void> {
    if (this.#state.microphone !== "held") return;
    await this.#input.microphone?.wake();
  }

  goOnAir(): void {
    this.#want(true);
    this.#say({ type: "on-air" });
    if (this.#state.muted) this.#say({ type: "mute", muted: true });
  }

  goOffAir(): void {
    this.#want(false);
    this.#say({ type: "off-air" });
  }

  mute(muted: boolean): void {
    this.#memory.muted = muted;
    this.#sender.restart();
    this.#set({ muted });
    this.#say({ type: "mute", muted });
  }

  /** Ends the room for everybody, for good. */
  end(): void {
    this.#want(false);
    this.#say({ type: "end" });
  }

  /** Records four seconds and plays them back as listeners would hear them. */
  check(): void {
    if (this.#state.microphone !== "open" || this.#state.check !== "idle") return;
    this.#checked = [];
    this.#set({ check: "recording" });
  }

  #want(wanted: boolean): void {
    this.#memory.onAir = wanted;
    this.#sender.restart();
    this.#aliveAt = performance.now();
    this.#heardAt = this.#aliveAt;
    this.#set({ wanted, silent: false, refused: undefined });
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
        return said.code.startsWith("speech-") ? {} : { refused: said.says };
      case "pong":
        return said.id === this.#pingId ? { roundTripMs: Math.round(performance.now() - this.#pingAt) } : {};
      case "room":
        return { room: said };
      case "stage":
        return { stage: said, onAir: this.#isOnAir(said) };
      case "audience":
        return { audience: said };
    }
  }

  #welcomed(said: StageWelcome): void {
    this.#voice = said.voice;
    this.#reconnects++;
    for (const state of said.states) this.#set(this.#newsOf(state));
    this.#set({ refused: undefined });
    this.#resume();
  }

  /** Goes on as before a reload or a lost line: the room puts nobody on air by itself. */
  #resume(): void {
    const hasMicrophone = this.#state.microphone === "open" || this.#state.microphone === "held";
    if (!this.#state.wanted || !hasMicrophone || this.#state.link !== "open") return;
    this.#sender.restart();
    this.#say({ type: "on-air" });
    this.#say({ type: "mute", muted: this.#state.muted });
  }

  #isOnAir(stage: StageState): boolean {
    return stage.speakers.some(({ voice, state }) => voice === this.#voice && (state === "on-air" || state === "muted"));
  }

  #linkChanged(link: LinkPhase, end: LinkEnd | undefined): void {
    if (link === this.#state.link && end === this.#state.end) return;
    // Another window took over, or the room is over: this one does not fight for it after a reload.
    if (end !== undefined) this.#memory.onAir = false;
    const lost = link !== "open";
    if (lost) this.#sender.restart();
    this.#set({ link, end, ...(lost && { onAir: false, roundTripMs: undefined }), ...(end !== undefined && { wanted: false }) });
  }

  #spoken(frame: SpokenFrame): void {
    if (this.#checked !== undefined) this.#checkTakes(frame);
    if (!this.#state.wanted || this.#state.muted || this.#state.link !== "open") return;
    this.#sender.take(frame);
    if (this.#sender.speaking) this.#heardAt = performance.now();
  }

  #checkTakes(frame: SpokenFrame): void {
    const checked = this.#checked ?? [];
    checked.push(frame.packet);
    const context = this.#input.microphone?.context;
    if (checked.length < CHECK_FRAMES || context === undefined) return;
    this.#checked = undefined;
    this.#set({ check: "playing" });
    playBack(context, checked).then(
      () => this.#set({ check: "idle" }),
      () => this.#set({ check: "idle", fault: "The test could not be played back in this browser; going on air may work all the same." }),
    );
  }

  #leveled(level: number): void {
    const now = performance.now();
    this.#level = level;
    if (level < DEAD_LEVEL) this.#aliveAt = now;
    const silent = this.#state.onAir && !this.#state.muted && (now - this.#aliveAt > DEAD_MS || now - this.#heardAt > UNHEARD_MS);
    if (silent !== this.#state.silent) this.#set({ silent });
  }

  #failed(fault: unknown): void {
    const noEncoder = fault instanceof Error && fault.message === "no-encoder";
    this.#input.close();
    this.#set({
      microphone: "fault",
      fault: noEncoder
        ? `This browser cannot encode sound (Opus). These can: ${BROWSERS_THAT_ENCODE}. Open your host link in one of them.`
        : sayMicrophoneFault(fault),
    });
  }

  #eachPing(): void {
    if (this.#state.link === "open") this.#link.send(this.#ping());
  }

  #ping(): string {
    this.#pingAt = performance.now();
    return JSON.stringify({ type: "ping", id: ++this.#pingId } satisfies StageSays);
  }

  #set(news: Partial<Studio>): void {
    this.#state = { ...this.#state, ...news };
    this.#onChange();
  }
}

function expired(ticket: string): LinkEnd | undefined {
  const expiry = ticketExpiryMs(ticket);
  if (expiry === undefined || expiry > Date.now()) return undefined;
  return { code: 401, says: "This host link has expired. Make a new room, or use a newer host link." };
}
