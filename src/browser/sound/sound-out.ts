import { SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { silentAnchor } from "./anchor.ts";
import { loaded } from "./load-fault.ts";

/** The parts of the Audio Session API that exist in no library of TypeScript's yet (Safari 16.4 and later). */
type WithAudioSession = { audioSession?: { type: string } };

/** Why play() fails where it will never do. */
const REFUSALS = ["NotAllowedError", "NotSupportedError"];

/** Which audio thread makes the sound: the name of its file, and of its processor; `options` are given to it. */
export type Thread = { readonly file: string; readonly name: string; readonly options?: object };

/**
 * How sound leaves a page: an audio thread, the volume, and an <audio> element as the last step, because only that puts an iPhone's
 * lock screen in charge and keeps sounding when the page is hidden. Where it refuses, sound goes out directly. A silent file
 * plays beside it, for browsers that show no controls for sound that is no file.
 */
export class SoundOut<ToThread, FromThread> {
  readonly context: AudioContext;
  readonly #volume: GainNode;
  readonly #element: HTMLAudioElement;
  readonly #anchor = silentAnchor();
  readonly #onReport: (report: FromThread) => void;
  readonly #thread: Thread;
  readonly #talks: boolean;
  #node: AudioWorkletNode | undefined;
  #loading: Promise<void> | undefined;
  #direct = false;

  /**
   * @param talks for who speaks with those whom he hears: he hears as directly as the browser can, and his microphone stays open
   * @param onChange sound may have been stopped or let out, by the browser or the phone; see `sounding`
   */
  constructor(thread: Thread, talks: boolean, onReport: (report: FromThread) => void, onChange: () => void) {
    this.#thread = thread;
    this.#talks = talks;
    this.#onReport = onReport;
    this.context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: "interactive" });
    this.#volume = new GainNode(this.context);
    const sink = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
    this.#volume.connect(sink);
    this.#element = new Audio();
    this.#element.srcObject = sink.stream;
    this.context.addEventListener("statechange", onChange);
    for (const change of ["pause", "playing"]) this.#element.addEventListener(change, onChange);
    // The element would add its own delay, and nobody speaks with a locked screen.
    if (talks) this.#goDirect();
  }

  /** False while nothing can be heard, whatever arrives: the context or the <audio> element does not run. */
  get sounding(): boolean {
    return this.context.state === "running" && (this.#direct || !this.#element.paused);
  }

  /**
   * Loads the audio thread's code; may be called before anybody clicked, and again after it failed.
   *
   * @throws LoadFault if it cannot be fetched
   */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((fault: unknown) => {
      this.#loading = undefined;
      throw fault;
    });
    return this.#loading;
  }

  /** Starts sounding. Must be called within a click or a key, the first time. @throws as `load` does */
  async unlock(): Promise<void> {
    const session = (navigator as Navigator & WithAudioSession).audioSession;
    if (session !== undefined) session.type = this.#talks ? "play-and-record" : "playback";
    const resumed = this.context.resume();
    const played = this.#play().catch((fault: unknown) => {
      // A quick Pause interrupts it (AbortError), which is no refusal.
      if (fault instanceof DOMException && REFUSALS.includes(fault.name)) this.#goDirect();
    });
    await Promise.all([this.load(), resumed, played]);
  }

  /** Tries again what a phone may have stopped: call it on every gesture. */
  nudge(): void {
    if (this.context.state !== "running") void this.context.resume().catch(() => undefined);
    if (!this.#talks && ((!this.#direct && this.#element.paused) || this.#anchor.paused)) void this.#play().catch(() => undefined);
  }

  async rest(): Promise<void> {
    this.#element.pause();
    this.#anchor.pause();
    await this.context.suspend();
  }

  /** @param volume 0 silent, 1 as it was spoken */
  set volume(volume: number) {
    this.#volume.gain.setTargetAtTime(volume, this.context.currentTime, 0.015);
  }

  /** Tells the audio thread something; what is transferred is gone from here. */
  protected tell(message: ToThread, transfer: readonly ArrayBufferLike[] = []): void {
    this.#node?.port.postMessage(
      message,
      transfer.filter((buffer) => buffer instanceof ArrayBuffer),
    );
  }

  async #load(): Promise<void> {
    await loaded(this.context.audioWorklet.addModule(`/assets/${this.#thread.file}.worklet.js`));
    const shape = { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [1] };
    this.#node = new AudioWorkletNode(this.context, this.#thread.name, { ...shape, processorOptions: this.#thread.options });
    this.#node.port.onmessage = ({ data }: MessageEvent<FromThread>) => this.#onReport(data);
    this.#node.connect(this.#volume);
  }

  async #play(): Promise<void> {
    // Who speaks must not be stopped by a media key.
    if (this.#talks) return;
    // Without the anchor there are no media keys, and nothing else is missing.
    void this.#anchor.play().catch(() => undefined);
    if (!this.#direct) await this.#element.play();
  }

  /** Lets go of the sound card, for good. */
  async close(): Promise<void> {
    this.#element.pause();
    this.#anchor.pause();
    if (this.context.state !== "closed") await this.context.close();
  }

  #goDirect(): void {
    if (this.#direct) return;
    this.#direct = true;
    this.#volume.connect(this.context.destination);
  }
}
