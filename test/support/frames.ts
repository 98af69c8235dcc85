import { listenUrl, parseServer } from "../../src/cli/api.ts";
import { Socket } from "../../src/cli/line/socket.ts";
import { chunksIn, decodeChunk } from "../../src/core/audio/chunk.ts";
import type { RoomId } from "../../src/core/ids.ts";

/** A frame as a listener was sent it, and its place on the room's timeline, in ms; `cameMs`: when it came, by this process's clock. */
export type HeardFrame = { readonly atMs: number; readonly bytes: string; readonly cameMs: number };

/** What a listener hears. */
export type FramesHeard = {
  readonly voices: ReadonlyMap<number, readonly HeardFrame[]>;
  /** How often his connection ended. */
  readonly endings: number;
  readonly socket: Socket;
};

/** A listener's ears: every frame, by voice. */
export function heardFrames(url: string, room: RoomId): FramesHeard {
  const voices = new Map<number, HeardFrame[]>();
  const heard = {
    voices,
    endings: 0,
    socket: new Socket(listenUrl(parseServer(url), room), [], {
      text: () => undefined,
      binary: (message) => {
        for (const { at } of chunksIn(message)) {
          const chunk = decodeChunk(message, at);
          if ("malformed" in chunk) throw new Error(chunk.malformed);
          for (const { voice, offsetSamples, frames } of chunk.blocks) {
            if (frames.length === 0) continue;
            const all = voices.get(voice) ?? [];
            voices.set(voice, all);
            for (const [index, bytes] of frames.entries()) {
              all.push({
                cameMs: performance.now(),
                atMs: chunk.roomTimeMs + offsetSamples / 48 + index * 20,
                bytes: Buffer.from(bytes).toString("hex"),
              });
            }
          }
        }
      },
      ended: () => {
        heard.endings++;
      },
    }),
  };
  return heard;
}

/** Waits until it is so. @throws if it never is */
export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error("never came true");
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
