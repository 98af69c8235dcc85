import type { Context } from "hono";
import type { Ending } from "../../core/wire/ending.ts";
import { offersProtocol, PROTOCOL } from "../../core/wire/ticket.ts";

/**
 * An upgrade that is taken, told at most one text, and closed: a browser cannot read why an upgrade was refused, but it can read this. It
 * costs no object anything.
 */
export function closing(c: Context, ending: Ending, text?: string): Response {
  const { 0: outer, 1: inner } = new WebSocketPair();
  inner.accept();
  if (text !== undefined) inner.send(text);
  inner.close(ending.code, ending.says);
  return upgraded(c, outer);
}

/** The answer that hands a socket out. Of what was offered only our own name is echoed: a ticket that stood beside it is not. */
export function upgraded(c: Context, webSocket: WebSocket): Response {
  const echo = offersProtocol(c.req.header("sec-websocket-protocol") ?? null) ? { "Sec-WebSocket-Protocol": PROTOCOL } : {};
  return new Response(null, { status: 101, webSocket, headers: { ...echo } });
}
