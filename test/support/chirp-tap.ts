import type { Page } from "playwright-core";

/** Samples that are recorded at once: 38 render quanta of 128, so that nothing of the last is left over. */
const PART = 4_864;

/**
 * Runs in every page before its own scripts: records, beside the page's own graph, what goes into its capture worklet (the
 * mouth) and what comes out of its output worklet (the ear), each with the wall clock at which the audio thread handled it.
 *
 * So "mouth" is when the browser's audio graph got a sample from the microphone and "ear" is when the graph gave it away. What
 * a sound card adds on both sides is not in it (the ear's context says what it believes, `outputLatency`; it is added).
 */
export const EAR_AND_MOUTH = `(() => {
  const module = URL.createObjectURL(new Blob([\`
    registerProcessor("test-tap", class extends AudioWorkletProcessor {
      pcm = new Float32Array(${PART}); filled = 0; at = 0; wall = 0;
      process(inputs) {
        const input = inputs[0][0];
        if (this.filled === 0) { this.at = currentFrame; this.wall = Date.now(); }
        for (let i = 0; i < 128 && this.filled < ${PART}; i++) this.pcm[this.filled++] = input ? input[i] : 0;
        if (this.filled < ${PART}) return true;
        this.port.postMessage({ at: this.at, wall: this.wall, pcm: this.pcm }, [this.pcm.buffer]);
        this.pcm = new Float32Array(${PART}); this.filled = 0;
        return true;
      }
    });\`], { type: "text/javascript" }));
  const tapes = (window.testTapes = {});
  const tap = async (node, name) => {
    const context = node.context;
    await context.audioWorklet.addModule(module);
    const tape = (tapes[name] = { parts: [], latency: () => context.outputLatency || context.baseLatency || 0 });
    const tapNode = new AudioWorkletNode(context, "test-tap", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    tapNode.port.onmessage = ({ data }) => tape.parts.push(data);
    node.connect(tapNode);
  };
  const Native = window.AudioWorkletNode;
  window.AudioWorkletNode = class AudioWorkletNode extends Native {
    constructor(context, name, options) {
      super(context, name, options);
      this.testName = name;
      if (name === "canopy-output" || name === "canopy-replay") tap(this, "ear");
    }
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to && to.testName === "canopy-capture") tap(this, "mouth");
    return connect.call(this, to, ...rest);
  };
})();`;

/** What was recorded: the sound, and at which wall-clock time (ms since 1970) each of its samples was handled. */
export type Tape = {
  readonly pcm: Float32Array;
  readonly wallOf: (sample: number) => number;
  /** The sample of a wall-clock time, to some ms. */
  readonly sampleAt: (wallMs: number) => number;
};

/** Fetches a page's tape. The wall clock of a sample is the median of what the audio thread saw within 2 s around it. */
export async function fetchTape(page: Page, name: "ear" | "mouth"): Promise<Tape> {
  const said: unknown = await page.evaluate(`(() => {
    const { parts, latency } = window.testTapes["${name}"];
    const all = new Int16Array(parts.length * ${PART});
    parts.forEach(({ pcm }, part) => pcm.forEach((sample, i) => { all[part * ${PART} + i] = Math.max(-1, Math.min(1, sample)) * 32767; }));
    const bytes = new Uint8Array(all.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return JSON.stringify({ pcm: btoa(text), stamps: parts.map(({ at, wall }) => [at, wall]), latencyMs: latency() * 1000 });
  })()`);
  const { pcm, stamps, latencyMs } = JSON.parse(String(said)) as { pcm: string; stamps: [number, number][]; latencyMs: number };
  const bytes = Buffer.from(pcm, "base64");
  const samples = Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32_767);
  const offsets = stamps.map(([at, wall]) => wall - at / 48);
  const added = name === "ear" ? latencyMs : 0;
  const wallOf = (sample: number): number => {
    const part = Math.max(0, Math.min(stamps.length - 1, Math.floor(sample / PART)));
    const near = offsets.slice(Math.max(0, part - 20), part + 20).toSorted((a, b) => a - b);
    const [at] = stamps[part] ?? [0];
    return (at + sample - part * PART) / 48 + (near[near.length >> 1] ?? 0) + added;
  };
  const sampleAt = (wallMs: number): number => {
    let part = stamps.findLastIndex((_, index) => wallOf(index * PART) <= wallMs);
    part = Math.max(0, part);
    return Math.round(part * PART + (wallMs - wallOf(part * PART)) * 48);
  };
  return { pcm: samples, wallOf, sampleAt };
}
