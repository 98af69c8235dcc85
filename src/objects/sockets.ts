import type { Ending } from "../core/wire/ending.ts";

/**
 * How many sockets to people this isolate holds, all its objects together. An embedded server runs everything in one process, which
 * dies when it runs out of descriptors: it sets SOCKET_LIMIT, and objects refuse before that.
 */
const held = new Set<WebSocket>();

/** True if one more socket fits under `limit` (the SOCKET_LIMIT setting; none means no limit). */
export function roomForSocket(limit: string | undefined): boolean {
  return limit === undefined || held.size < Number(limit);
}

/** Counts a socket until it is released. */
export function holdSocket(socket: WebSocket): void {
  held.add(socket);
}

/** The socket is closed. */
export function releaseSocket(socket: WebSocket): void {
  held.delete(socket);
}

/** Sends unless the socket is already dead; the runtime tells of its end by an event of its own. */
export function send(socket: WebSocket, message: Uint8Array | string): void {
  try {
    socket.send(message);
  } catch {
    // Closed in this very turn: webSocketClose follows.
  }
}

/** The hot loop: nothing decoded, nothing allocated, no neighbour harmed. */
export function sendAll(sockets: Iterable<WebSocket>, message: Uint8Array | string): void {
  for (const socket of sockets) {
    try {
      socket.send(message);
    } catch {
      // Closed in this very turn: its own event takes it off the list.
    }
  }
}

/** Closes with a code that says what to do next; closing a closed socket is nothing. */
export function end(socket: WebSocket, ending: Ending): void {
  try {
    socket.close(ending.code, ending.says);
  } catch {
    // Closed already.
  }
}

/** The bytes of a binary message, without copying. */
export function bytesOf(message: ArrayBuffer): Uint8Array {
  return new Uint8Array(message);
}
