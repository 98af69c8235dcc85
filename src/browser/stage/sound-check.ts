import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { decoderMaker } from "../sound/decoder.ts";

/** Length of a sound check, in frames: 4 s. */
const CHECK_FRAMES = 4_000 / FRAME_MS;
/** A decoder that does not give everything back within this has lost some, in ms. */
const DECODING_MS = 2_000;

export type CheckPhase = "idle" | "recording" | "playing";

/** Records four seconds of what would be sent and plays them back as listeners would hear them. */
export class SoundCheck {
  readonly #onChange: (phase: CheckPhase, fault: unknown) => void;
  #packets: Uint8Array[] = [];
  #running: AbortController | undefined;
  #phase: CheckPhase = "idle";

  /** @param onChange told of each phase, and of the fault that ended one */
  constructor(onChange: (phase: CheckPhase, fault: unknown) => void) {
    this.#onChange = onChange;
  }

  start(): void {
    if (this.#phase !== "idle") return;
    this.#packets = [];
    this.#become("recording");
  }

  /** A frame as it would be sent; the last one that is needed is followed by playing all of them in `context`. */
  take(packet: Uint8Array, context: AudioContext): void {
    if (this.#phase !== "recording") return;
    this.#packets.push(packet);
    if (this.#packets.length === CHECK_FRAMES) void this.#play(context);
  }

  /** Ends it at once, whatever it does: the microphone changes, or the host goes on air. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    if (this.#phase !== "idle") this.#become("idle");
  }

  async #play(context: AudioContext): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#become("playing");
    const fault: unknown = await playBack(context, this.#packets, running.signal).then(
      () => undefined,
      (cause: unknown) => cause ?? new Error("The sound check failed"),
    );
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#become("idle", fault);
  }

  #become(phase: CheckPhase, fault?: unknown): void {
    this.#phase = phase;
    this.#onChange(phase, fault);
  }
}

/** Plays encoded frames: through Opus, not around it. Ends when the last has sounded, `stop` says so, or `context` is closed. */
async function playBack(context: AudioContext, packets: readonly Uint8Array[], stop: AbortSignal): Promise<void> {
  const pcm = await decodeAll(packets);
  if (stop.aborted || context.state === "closed") return;
  const buffer = new AudioBuffer({ length: Math.max(1, pcm.length), sampleRate: SAMPLE_RATE_HZ });
  buffer.copyToChannel(pcm, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  await new Promise<void>((done) => {
    source.onended = () => done();
    // A closed context tells its nodes nothing.
    context.addEventListener("statechange", () => context.state === "closed" && done());
    stop.addEventListener("abort", () => done());
    source.start();
  });
  source.stop();
}

async function decodeAll(packets: readonly Uint8Array[]): Promise<Float32Array<ArrayBuffer>> {
  const make = await decoderMaker();
  const pcm = new Float32Array(packets.length * FRAME_SAMPLES);
  await new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer);
      decoder.close();
      done();
    };
    const timer = setTimeout(end, DECODING_MS);
    const decoder = make((start, part) => {
      pcm.set(part.subarray(0, Math.max(0, pcm.length - start)), start);
      if (start + FRAME_SAMPLES >= pcm.length) end();
    }, end);
    for (const [index, packet] of packets.entries()) decoder.decode(packet, index * FRAME_SAMPLES);
  });
  return pcm;
}
