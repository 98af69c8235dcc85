import type { Context } from "hono";
import { CUES_HEAD, cuesOf, formatMoreCues } from "../../core/wire/cues.ts";
import type { CaptionsPage } from "../../objects/calls/archive.ts";
import type { Env } from "../../objects/env.ts";
import { archiveStub } from "../../objects/locate.ts";
import { ANY_ORIGIN, refuse } from "../request/any-origin.ts";
import type { RouteSays } from "../request/openapi.ts";
import { type Admitted, admitToRecording } from "./recording.ts";

export const READ_CAPTIONS: RouteSays = {
  name: "readCaptions",
  tag: "sound",
  summary: "The captions of a recording",
  about: "WebVTT in replay time, with who says what; also while the room is live. A recording without captions has a file without cues.",
  door: "listener",
  answers: { 200: { says: "The captions", type: "text/vtt" } },
  no: ["recording-none", "removed", "too-many-requests"],
};

/** `GET /rooms/:room/recording/captions.vtt`: what was said while it was recorded, in words, in replay time. */
export async function readCaptions(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admitToRecording(c);
  if (typeof admitted === "string") return refuse(c, admitted);
  const archive = archiveStub(c.env, admitted.known.plan.audience);
  const first = await archive.captions(admitted.secret);
  // It was deleted a moment ago.
  if (first === undefined) return refuse(c, "recording-none");
  const more = async (after: CaptionsPage["next"]) => archive.captions(admitted.secret, after);
  const pieces = fileOf(admitted, structuredClone(first), more);
  const file = new ReadableStream<Uint8Array>({
    async pull(reader) {
      const { done, value } = await pieces.next();
      if (done) reader.close();
      else reader.enqueue(value);
    },
  });
  return c.body(file, 200, {
    "Content-Type": "text/vtt; charset=utf-8",
    "Cache-Control": admitted.known.plan.listenTicket === true ? "private, no-store" : "public, max-age=1",
    ...ANY_ORIGIN,
  });
}

/** Page by page, as fast as it is read: lines come in the order of replay time. @throws if it is deleted meanwhile: half a file is none */
async function* fileOf(
  { says }: Pick<Admitted, "says">,
  first: CaptionsPage,
  more: (after: CaptionsPage["next"]) => Promise<CaptionsPage | undefined>,
): AsyncGenerator<Uint8Array, undefined> {
  const utf8 = new TextEncoder();
  let begins = CUES_HEAD;
  for (let page = first; ; begins = "") {
    yield utf8.encode(begins + formatMoreCues(cuesOf(says.recording, page.lines)));
    if (page.next === undefined) return undefined;
    const found = await more(page.next);
    if (found === undefined) throw new Error("the captions are not there any more");
    page = structuredClone(found);
  }
}
