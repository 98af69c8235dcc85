import { parseSessionId } from "../../../core/ids.ts";
import type { Refusal } from "../../../core/room/refusals.ts";
import { isRole } from "../../../core/room/roles.ts";
import { MAX_NAME, readable } from "../../../core/text.ts";
import { parseAddress } from "../../../core/tree/people/bans.ts";
import { ENDING } from "../../../core/wire/ending.ts";
import { HEADER } from "../../header.ts";
import { end, send } from "../../sockets.ts";
import type { Arrival } from "./stage.ts";

/** Who comes to the stage, by what the edge tells. */
export function arrivalOf({ headers }: Request): Arrival | undefined {
  const session = parseSessionId(headers.get(HEADER.session) ?? "");
  const role = headers.get(HEADER.role);
  const address = parseAddress(headers.get(HEADER.address) ?? "");
  // Percent-encoded by the edge, as a header holds no more than Latin-1.
  const name = readable(decodeURIComponent(headers.get(HEADER.name) ?? ""), MAX_NAME) ?? "Guest";
  return session === undefined || !isRole(role) ? undefined : { session, role, name, address };
}

/** Says no on a connection that is made only to be closed: a browser cannot read why an upgrade was refused. */
export function turnAway({ code, says }: Refusal): Response {
  const { 0: outer, 1: inner } = new WebSocketPair();
  inner.accept();
  send(inner, JSON.stringify({ type: "refused", revision: 0, roomTime: 0, code, says }));
  end(inner, ENDING[code === "removed" ? "removed" : "off-stage"]);
  return new Response(null, { status: 101, webSocket: outer });
}

/** No connection at all; the edge says why. */
export function noDoor(status: number, code: string): Response {
  return new Response(null, { status, headers: { [HEADER.refusal]: code } });
}
