import type { Context } from "hono";
import { renderSVG } from "uqr";
import { parseRoomId } from "../../core/ids.ts";
import type { Env } from "../../objects/env.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem } from "../request/problem.ts";

/** The code of an address never changes: browsers keep it for a day, in seconds. */
const KEPT_SECONDS = 86_400;

export const QR_CODE: RouteSays = {
  name: "qrCode",
  tag: "rooms",
  summary: "The address of a room's page as a QR code",
  door: "anybody",
  answers: { 200: { says: "The picture", type: "image/svg+xml" } },
  no: ["room-unknown"],
};

/** `GET /rooms/:room/qr.svg`: the room's address as a picture for other people's cameras. Asks no object. */
export function qrCode(c: Context<{ Bindings: Env }>): Response {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  const svg = renderSVG(new URL(`/rooms/${room}`, c.req.url).href, { ecc: "M", border: 1 });
  return c.body(svg, 200, { "Content-Type": "image/svg+xml", "Cache-Control": `public, max-age=${KEPT_SECONDS}` });
}
