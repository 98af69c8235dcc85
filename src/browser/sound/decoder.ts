import { FRAME_MS, SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import type { Decoded, Decoder, MakeDecoder } from "./codec.ts";
import { loaded } from "./load-fault.ts";

/** Length of a frame in the decoder's own unit, µs. */
const FRAME_US = FRAME_MS * 1_000;

const CONFIG: AudioDecoderConfig = { codec: "opus", sampleRate: SAMPLE_RATE_HZ, numberOfChannels: 1 };

/**
 * The browser's own decoder where it knows Opus, else one in WebAssembly, loaded only then.
 *
 * @throws LoadFault if the one in WebAssembly is needed and cannot be fetched
 */
export async function decoderMaker(): Promise<MakeDecoder> {
  if (typeof AudioDecoder !== "undefined") {
    const known = await AudioDecoder.isConfigSupported(CONFIG).catch(() => undefined);
    if (known?.supported === true) return (onDecoded, onLost) => new NativeDecoder(onDecoded, onLost);
  }
  const { WasmDecoder } = await loaded(import("./wasm-decoder.ts"));
  return (onDecoded, onLost) => new WasmDecoder(onDecoded, onLost);
}

/**
 * WebCodecs' AudioDecoder. Chromium's counts on from its first frame's timestamp whatever the later ones say, so frames are
 * numbered without a gap, and where they belong is kept here.
 */
class NativeDecoder implements Decoder {
  readonly #onDecoded: Decoded;
  readonly #onLost: () => void;
  #decoder: AudioDecoder;
  readonly #starts = new Map<number, number>();
  #put = 0;

  constructor(onDecoded: Decoded, onLost: () => void) {
    this.#onDecoded = onDecoded;
    this.#onLost = onLost;
    this.#decoder = this.#make();
  }

  decode(frame: Uint8Array, start: number): void {
    if (this.#decoder.state !== "configured") this.#decoder = this.#make();
    // Each frame stands alone for the container's purposes: a "key" frame.
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.#put * FRAME_US, data: frame }));
    this.#starts.set(this.#put++, start);
  }

  reset(): void {
    // While frames are inside, reset() would drop them, and a second decoder would overtake them. Opus forgets by itself, in
    // some frames: a talkspurt that comes in a backlog just begins without a reset.
    if (this.#decoder.state !== "configured" || this.#starts.size > 0) return;
    this.#decoder.reset();
    this.#decoder.configure(CONFIG);
  }

  close(): void {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  #make(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => {
        const pcm = new Float32Array(data.numberOfFrames);
        data.copyTo(pcm, { planeIndex: 0, format: "f32-planar" });
        const start = this.#startOf(Math.round(data.timestamp / FRAME_US));
        data.close();
        if (start !== undefined) this.#onDecoded(start, pcm);
      },
      error: () => {
        this.#starts.clear();
        this.#onLost();
      },
    });
    decoder.configure(CONFIG);
    return decoder;
  }

  /** Where frame `number` belongs. Frames before it that never came out will not come any more. */
  #startOf(number: number): number | undefined {
    const start = this.#starts.get(number);
    for (const known of this.#starts.keys()) if (known <= number) this.#starts.delete(known);
    return start;
  }
}
