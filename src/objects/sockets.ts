import type { Ending } from "../core/wire/ending.ts";

/**
 * How many sockets to people each object of this isolate holds. An embedded server runs everything in one process, which dies when it runs
 * out of descriptors: it sets SOCKET_LIMIT, and objects refuse before that.
 */
const held = new Map<string, number>();
let total = 0;

/** Whose sockets they are: who is on stage, who listens on a leaf, who plays a plain URL. */
export const SOCKET_KINDS = ["stage", "live", "radio"] as const;
export type SocketKind = (typeof SOCKET_KINDS)[number];

const heldBy: Record<SocketKind, number> = { stage: 0, live: 0, radio: 0 };

/** True if one more socket fits under `limit` (the SOCKET_LIMIT setting; none means no limit). */
export function roomForSocket(limit: string | undefined): boolean {
  return limit === undefined || total < Number(limit);
}

/** Sockets to people that this isolate holds. */
export function heldSockets(): number {
  return total;
}

/** Tells how many sockets `object` holds now; said anew after a sleep, when the sockets are the same and their handles are not. */
export function holds(object: string, kind: SocketKind, sockets: number): void {
  const more = sockets - (held.get(object) ?? 0);
  total += more;
  heldBy[kind] += more;
  if (sockets > 0) held.set(object, sockets);
  else held.delete(object);
}

/** The same by whose they are. */
export function heldSocketsBy(): Readonly<Record<SocketKind, number>> {
  return heldBy;
}

/** Sends unless the socket is already dead; the runtime tells of its end by an event of its own. */
export function send(socket: WebSocket, message: Uint8Array | string): void {
  try {
    socket.send(message);
  } catch {
    // Closed in this very turn: webSocketClose follows.
  }
}

/** True where the runtime tells what waits on a socket: workerd from November 2026 on. */
export const TELLS_QUEUES = "bufferedAmount" in WebSocket.prototype;

let mostQueued = 0;

/** Bytes that wait on a socket; undefined where the runtime does not tell. */
export function queuedOn(socket: WebSocket): number | undefined {
  if (!TELLS_QUEUES) return undefined;
  const queued = socket.bufferedAmount;
  if (queued > mostQueued) mostQueued = queued;
  return queued;
}

/** The most bytes that were ever found waiting on one listener's line, in this isolate. */
export function mostQueuedBytes(): number {
  return mostQueued;
}

/** States and chunks for links that all get the same: nothing decoded, nothing allocated, no neighbour harmed. */
export function sendAll(sockets: Iterable<WebSocket>, message: Uint8Array | string): void {
  for (const socket of sockets) {
    try {
      socket.send(message);
    } catch {
      // Closed in this very turn: its own event takes it off the list.
    }
  }
}

/** Kept with a socket that was ended: one whose other side never answers the close looks open again after a second sleep. */
export const ENDED = "ended";

/** Closes with a code that says what to do next; closing a closed socket is nothing. */
export function end(socket: WebSocket, ending: Ending): void {
  try {
    socket.serializeAttachment(ENDED);
  } catch {
    // Dialed, so nothing is kept with it.
  }
  try {
    socket.close(ending.code, ending.says);
  } catch {
    // Closed already.
  }
}

/** Answers a close with a close: without it half of the socket stays open. */
export function hangUp(socket: WebSocket): void {
  try {
    socket.close(1000, "");
  } catch {
    // Closed already.
  }
}

/** The bytes of a binary message, without copying. */
export function bytesOf(message: ArrayBuffer): Uint8Array {
  return new Uint8Array(message);
}
