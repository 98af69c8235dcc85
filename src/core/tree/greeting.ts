import type { Position } from "../audio/position.ts";
import type { Break, Part } from "./feed.ts";

/** Chunks after `from` and before `to` will not come on this socket. Where the epochs differ, the room began anew. */
export type Gap = { readonly type: "gap"; readonly revision: number; readonly roomTime: number } & Break;

/** What a link is sent: bytes are sound, text is state. */
export type Message = Uint8Array | string;

/**
 * A listener's first text: the newest of every state, and where the sound of this socket stands once it has heard its greeting.
 *
 * @param states texts of states, embedded as they are, so that types unknown here reach the listener
 */
export function formatWelcome(states: readonly string[], revision: number, roomTimeMs: number, newest: Position): string {
  const head = JSON.stringify({ type: "welcome", revision, roomTime: roomTimeMs, epoch: newest.epoch, sequence: newest.sequence });
  return `${head.slice(0, -1)},"states":[${states.join(",")}]}`;
}

/** A break as listeners are told of it. */
export function formatGap(gap: Break, roomTimeMs: number): string {
  const text: Gap = { type: "gap", revision: 0, roomTime: roomTimeMs, ...gap };
  return JSON.stringify(text);
}

/** Parts as messages for listeners: each break told before the chunks that come after it. */
export function messagesOf(parts: readonly Part[], roomTimeMs: number): readonly Message[] {
  return parts.flatMap((part) => (part.before === undefined ? [part.bytes] : [formatGap(part.before, roomTimeMs), part.bytes]));
}
