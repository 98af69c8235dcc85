import { chunksIn } from "../../audio/chunk.ts";
import type { Position } from "../../audio/position.ts";
import type { Break, Part } from "./parts.ts";

/** Chunks after `from` and before `to` will not come on this socket. Where the epochs differ, the room began anew. */
export type Gap = { readonly type: "gap"; readonly revision: number; readonly roomTime: number } & Break;

/** What a link is sent: bytes are sound, text is state. */
export type Message = Uint8Array | string;

/**
 * A listener's first text: the newest of every state, and where the sound of this socket stands once it has heard its greeting.
 *
 * @param states texts of states, embedded as they are, so that types unknown here reach the listener
 * @param extras acks: the player is asked to say `ping` after new sound, every 5 s at most; segments: the path below which segments are
 *   fetched, for who was away too long
 */
export function formatWelcome(
  states: readonly string[],
  revision: number,
  roomTimeMs: number,
  newest: Position,
  extras: { readonly acks: boolean; readonly segments: string | undefined },
): string {
  const { epoch, sequence } = newest;
  const { acks, segments } = extras;
  // A storm of joins asks for this between two chunks: numbers need no JSON.stringify.
  const path = segments === undefined ? "" : `,"segments":${JSON.stringify(segments)}`;
  const head = `{"type":"welcome","revision":${revision},"roomTime":${roomTimeMs},"epoch":${epoch},"sequence":${sequence}${path}`;
  return `${head}${acks ? ',"acks":true' : ""},"states":[${states.join(",")}]}`;
}

/** How a leaf serves its listeners: said by the leaf itself, once a stride other than 1 has lasted, and when it is 1 again. */
export type Status = {
  readonly type: "status";
  readonly for: "all";
  readonly revision: number;
  readonly roomTime: number;
  readonly lane: "live";
  /** Chunks that come in one message. */
  readonly stride: number;
};

/** `status` as text. */
export function formatStatus(stride: number, roomTimeMs: number): string {
  const status: Status = { type: "status", for: "all", revision: roomTimeMs, roomTime: roomTimeMs, lane: "live", stride };
  return JSON.stringify(status);
}

/** A break as listeners are told of it. */
export function formatGap(gap: Break, roomTimeMs: number): string {
  const { reason, from, to } = gap;
  return `{"type":"gap","revision":0,"roomTime":${roomTimeMs},"reason":"${reason}","from":${placeOf(from)},"to":${placeOf(to)}}`;
}

function placeOf({ epoch, sequence }: Position): string {
  return `{"epoch":${epoch},"sequence":${sequence}}`;
}

/** The gap of who was sent nothing between `through` and the newest chunk, because his line did not move. */
export function formatSkip(through: Position, newest: Position, roomTimeMs: number): string {
  const reason = through.epoch === newest.epoch ? "missed" : "epoch";
  return formatGap({ reason, from: through, to: { epoch: newest.epoch, sequence: newest.sequence + 1 } }, roomTimeMs);
}

/** Most bytes in one message of what somebody missed: far below what any runtime takes in one WebSocket message (1 MiB). */
const BACKLOG_BYTES = 256 * 1024;

/** Parts as messages for listeners: each break told before the chunks that come after it. */
export function messagesOf(parts: readonly Part[], roomTimeMs: number): readonly Message[] {
  const [only] = parts;
  // Nearly always: one chunk, and the next.
  if (only !== undefined && parts.length === 1 && only.before === undefined) return slices(only.bytes);
  const messages: Message[] = [];
  for (const { before, bytes } of parts) {
    if (before !== undefined) messages.push(formatGap(before, roomTimeMs));
    if (bytes.byteLength > 0) messages.push(...slices(bytes));
  }
  return messages;
}

/** Back-to-back chunks cut into messages at chunk borders, none much larger than BACKLOG_BYTES; nothing of nothing. */
export function slices(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.byteLength <= BACKLOG_BYTES) return bytes.byteLength > 0 ? [bytes] : [];
  const cut: Uint8Array[] = [];
  let from = 0;
  for (const { end } of chunksIn(bytes)) {
    if (end - from < BACKLOG_BYTES && end < bytes.byteLength) continue;
    cut.push(bytes.subarray(from, end));
    from = end;
  }
  return cut;
}
