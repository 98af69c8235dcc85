// What stands in an AudioWorkletGlobalScope and in no library of TypeScript's (Web Audio API §1.32).

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor(options?: unknown);
}

declare function registerProcessor(name: string, make: new () => AudioWorkletProcessor): void;

/** The audio clock: the first sample of the block that is being made. */
declare const currentFrame: number;
declare const sampleRate: number;
