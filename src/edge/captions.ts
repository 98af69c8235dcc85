import type { Context } from "hono";
import { cuesOf, formatCues } from "../core/wire/cues.ts";
import type { Env } from "../objects/calls.ts";
import { archiveStub } from "../objects/locate.ts";
import type { RouteSays } from "./openapi.ts";
import { admitToRecording } from "./recording.ts";
import { refuse } from "./segments.ts";

export const READ_CAPTIONS: RouteSays = {
  name: "readCaptions",
  tag: "sound",
  summary: "The captions of a recording",
  about: "WebVTT in replay time, with who says what; also while the room is live. A recording without captions has a file without cues.",
  door: "listener",
  answers: { 200: { says: "The captions", type: "text/vtt" } },
  no: ["recording-none", "removed"],
};

/** `GET /rooms/:room/recording/captions.vtt`: what was said while it was recorded, in words, in replay time. */
export async function readCaptions(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admitToRecording(c);
  if (typeof admitted === "string") return refuse(c, admitted);
  const { known, secret, says } = admitted;
  const captions = await archiveStub(c.env, known.plan.audience).captions(secret);
  // It was deleted a moment ago.
  if (captions === undefined) return refuse(c, "recording-none");
  return c.body(formatCues(cuesOf(says.recording, captions)), 200, {
    "Content-Type": "text/vtt; charset=utf-8",
    "Cache-Control": known.plan.listenTicket === true ? "private, no-store" : "public, max-age=1",
    "Access-Control-Allow-Origin": "*",
  });
}
