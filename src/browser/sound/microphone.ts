import { SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { words } from "../page/words.ts";
import { BROWSERS_THAT_ENCODE } from "./encoder.ts";
import type { CapturedFrame } from "./worklet-messages.ts";

/** What the browser should do to the sound before anybody hears it. */
export type Cleaning = { readonly noiseSuppression: boolean; readonly echoCancellation: boolean; readonly autoGainControl: boolean };

/** `none`: no microphone at all, for who speaks by a file or a tab only. */
export type MicrophoneChoice = { readonly deviceId: string | undefined; readonly cleaning: Cleaning; readonly none?: true };

/** What a guest gets who came up by one click: all that keeps him from disturbing others. */
export const CLEANED: Cleaning = { noiseSuppression: true, echoCancellation: true, autoGainControl: true };

type Graph = { readonly context: AudioContext; readonly node: AudioWorkletNode };

/** An open microphone: frames of 20 ms, mono, 48 kHz, until it is closed. */
export class Microphone {
  readonly context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #stream: MediaStream;

  private constructor({ context, node }: Graph, stream: MediaStream) {
    this.context = context;
    this.#node = node;
    this.#stream = stream;
  }

  /**
   * Asks for the microphone and opens it.
   *
   * @param onLost the device was unplugged, or the browser took it away
   * @throws DOMException as getUserMedia does; see sayMicrophoneFault
   */
  static async open(choice: MicrophoneChoice, onFrame: (frame: CapturedFrame) => void, onLost: () => void): Promise<Microphone> {
    const device = choice.deviceId === undefined ? {} : { deviceId: { exact: choice.deviceId } };
    const stream =
      choice.none === true
        ? new MediaStream()
        : await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, ...choice.cleaning, ...device } });
    try {
      const microphone = new Microphone(await captureAtAnyRate(stream, onFrame), stream);
      for (const track of stream.getAudioTracks()) track.onended = onLost;
      await microphone.wake();
      return microphone;
    } catch (cause) {
      for (const track of stream.getTracks()) track.stop();
      throw cause;
    }
  }

  /** The device in use, and what it is called. */
  get device(): { readonly id: string | undefined; readonly label: string } {
    const track = this.#stream.getAudioTracks()[0];
    return { id: track?.getSettings().deviceId, label: track?.label ?? "" };
  }

  /** What is captured, as the browser has it; undefined where nothing is, but other sounds are mixed in. */
  get track(): MediaStreamTrack | undefined {
    return this.#stream.getAudioTracks()[0];
  }

  /** Mixes another sound in. */
  add(node: AudioNode): void {
    node.connect(this.#node);
  }

  /** Browsers may hold a context back until a touch; true once it runs. Does not wait for the touch. */
  async wake(): Promise<boolean> {
    const resumed = this.context.resume().catch(() => undefined);
    await Promise.race([resumed, new Promise((done) => setTimeout(done, 500))]);
    return this.context.state === "running";
  }

  close(): void {
    for (const track of this.#stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    void this.context.close();
  }
}

/** Firefox joins no stream to a context of another rate than the device's own; the worklet makes 48 kHz of it then. */
async function captureAtAnyRate(stream: MediaStream, onFrame: (frame: CapturedFrame) => void): Promise<Graph> {
  try {
    return await capture(stream, onFrame, SAMPLE_RATE_HZ);
  } catch (fault) {
    if (!(fault instanceof DOMException && fault.name === "NotSupportedError")) throw fault;
    return await capture(stream, onFrame, undefined);
  }
}

/** A graph from `stream` to `onFrame`. @param rateHz of the graph; undefined for the device's own */
async function capture(stream: MediaStream, onFrame: (frame: CapturedFrame) => void, rateHz: number | undefined): Promise<Graph> {
  // Nothing is played here but the sound check: larger buffers cost 10 ms, and weak machines lose less of the microphone.
  const context = new AudioContext({ latencyHint: "playback", ...(rateHz !== undefined && { sampleRate: rateHz }) });
  try {
    await context.audioWorklet.addModule("/assets/capture.worklet.js");
    // Devices report what they like, stereo too: the graph makes it one channel.
    const node = new AudioWorkletNode(context, "canopy-capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
      channelInterpretation: "speakers",
    });
    node.port.onmessage = ({ data }: MessageEvent<CapturedFrame>) => onFrame(data);
    if (stream.getAudioTracks().length > 0) new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(node);
    return { context, node };
  } catch (cause) {
    void context.close();
    throw cause;
  }
}

/** The microphones there are; without names until one was allowed. */
export async function microphones(): Promise<readonly { readonly id: string; readonly label: string }[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** True if the sound is to be left as it is, as for music. */
export function isUncleaned({ noiseSuppression, echoCancellation, autoGainControl }: Cleaning): boolean {
  return !noiseSuppression && !echoCancellation && !autoGainControl;
}

/** Why the microphone did not open, and what to do about it. */
export function sayMicrophoneFault(fault: unknown): string {
  const say = words.studio.microphone.fault;
  const { name = "", message = "" } = fault instanceof Error ? fault : {};
  if (message === "no-encoder") return say.encoder(BROWSERS_THAT_ENCODE);
  if (message === "encoder-failed") return say.stopped;
  switch (name) {
    case "NotAllowedError":
      return say.refused;
    case "NotFoundError":
      return say.none;
    case "NotReadableError":
      return say.taken;
    case "OverconstrainedError":
      return say.other;
    default:
      return say.unknown(message);
  }
}
