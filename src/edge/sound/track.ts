import type { Context } from "hono";
import { z } from "zod";
import { stretchesOf } from "../../core/audio/recording.ts";
import { SEGMENT_MS, type SegmentName } from "../../core/audio/segment.ts";
import { voicesOf } from "../../core/audio/track.ts";
import { type ByteRange, rangeOf } from "../../core/audio/track-layout.ts";
import { type ReadSegments, TrackStream } from "../../core/audio/track-stream.ts";
import type { ArchiveCalls, TrackSays } from "../../objects/calls/archive.ts";
import type { Env } from "../../objects/env.ts";
import { archiveStub } from "../../objects/locate.ts";
import { log } from "../../objects/log.ts";
import { keepNewest } from "../memory/newest.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { ANY_ORIGIN, refuse } from "../request/any-origin.ts";
import { bearerOf } from "../request/body.ts";
import type { RouteSays } from "../request/openapi.ts";
import { type Admitted, admitToRecording } from "./recording.ts";

/** Tracks that one isolate remembers; the oldest give way. Six hours are 100 kB. */
const MOST_TRACKS = 50;

/** Tracks as they were, each with what it follows from: where the recording went on since, or was deleted, it is not that any more. */
const tracks = new Map<string, { readonly of: string; readonly track: TrackSays }>();
const questions = new SharedQuestions<string, TrackSays | undefined>();

export const READ_TRACK: RouteSays = {
  name: "readTrack",
  tag: "sound",
  summary: "One person's track of the recording, as Ogg Opus",
  about:
    "His packets as he spoke them, never encoded again, with silence where he is silent: a second of the recording is a second of the file, so that all " +
    "tracks are of one length and line up, to 10 ms. Ranges of bytes can be asked for, with `If-Range`. In a private room a browser's download may bring the " +
    "ticket as `?ticket=`: such an address is a key.",
  door: "listener",
  query: z.object({ ticket: z.string().optional().describe("The ticket, where no header can be sent") }),
  answers: {
    200: { says: "The whole file", type: "audio/ogg" },
    206: { says: "The range that was asked for", type: "audio/ogg" },
    304: "It is the one that `If-None-Match` names",
  },
  no: ["recording-none", "not-found", "range-unsatisfiable", "removed", "too-many-requests"],
};

/** `GET /rooms/:room/recording/<track>.ogg`: what one person said, from the segments as they are. No isolate holds more of it than two minutes. */
export async function readTrack(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admitToRecording(c, bearerOf(c) ?? c.req.query("ticket"));
  if (typeof admitted === "string") return refuse(c, admitted);
  const { known, secret } = admitted;
  const number = Number(/^([1-9]\d{0,5})\.ogg$/.exec(c.req.param("track") ?? "")?.[1] ?? 0);
  const archive = archiveStub(c.env, known.plan.audience);
  const track = await trackOf(archive, admitted, number);
  if (track === undefined) return refuse(c, "not-found");
  const names = [...stretchesOf({ ...track, segmentMs: SEGMENT_MS })];
  const stream = new TrackStream({ serial: number, comments: commentsOf(admitted, track) }, names, track, voicesOf(track.person));
  const etag = await etagOf(stream, track);
  const headers = {
    "Content-Type": "audio/ogg; codecs=opus",
    "Content-Disposition": dispositionOf(`${known.summary.title} - ${track.person.name}.ogg`),
    "Accept-Ranges": "bytes",
    ETag: etag,
    // Whatever keeps it must ask whether there still is such a recording.
    "Cache-Control": known.plan.listenTicket === true ? "private, no-store" : "no-cache",
    ...ANY_ORIGIN,
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Disposition, Content-Range, ETag",
  };
  if (namesIt(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const isOfThis = (c.req.header("if-range") ?? etag) === etag;
  const range = rangeOf(isOfThis ? c.req.header("range") : undefined, stream.length);
  if (range === "unsatisfiable") {
    const none = refuse(c, "range-unsatisfiable");
    none.headers.set("Content-Range", `bytes */${stream.length}`);
    return none;
  }
  const { from, to } = range === "whole" ? { from: 0, to: stream.length } : range;
  const part = range === "whole" ? {} : { "Content-Range": `bytes ${from}-${to - 1}/${stream.length}` };
  const init = { status: range === "whole" ? 200 : 206, headers: { ...headers, ...part, "Content-Length": String(to - from) } };
  if (c.req.method === "HEAD") return new Response(null, init);
  const body = new FixedLengthStream(to - from);
  void send(stream, { from, to }, (some) => archive.segments(secret, some), body.writable);
  return new Response(body.readable, init);
}

/** A person's track as the recording is now; the archive is asked once for each state of the recording. */
async function trackOf(
  archive: Pick<ArchiveCalls, "track">,
  { known, secret, says }: Admitted,
  number: number,
): Promise<TrackSays | undefined> {
  const { people, runs } = says.recording;
  const person = people.find(({ track }) => track === number);
  if (person === undefined) return undefined;
  const key = `${known.plan.audience}/${secret}/${number}`;
  const before = tracks.get(key);
  if (before !== undefined && before.of === stateOf({ person, runs })) return before.track;
  const track = await questions.ask(key, async () => {
    const said = await archive.track(secret, number);
    // Copied, since what an object answers lives no longer than the question; and of the isolate's own making from here on.
    return said === undefined
      ? undefined
      : structuredClone({ bytes: said.bytes, channels: said.channels, runs: said.runs, person: said.person });
  });
  if (track === undefined) tracks.delete(key);
  else keepNewest(tracks, key, { of: stateOf(track), track }, MOST_TRACKS);
  return track;
}

/** What a layout follows from: of the same voices, and segments, which never change. */
function stateOf({ person, runs }: Pick<TrackSays, "person" | "runs">): string {
  return JSON.stringify([person, runs]);
}

/** Writes as fast as it is read. What breaks off says so by being too short. */
async function send(
  stream: TrackStream,
  range: ByteRange,
  read: (names: readonly SegmentName[]) => Promise<Awaited<ReturnType<ReadSegments>> | undefined>,
  to: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = to.getWriter();
  try {
    for await (const piece of stream.read(range, async (names) => (await read(names)) ?? [])) await writer.write(piece);
    await writer.close();
  } catch (fault) {
    // Whoever reads may have gone: nobody is to be told then.
    await writer.abort(fault).catch(() => undefined);
    log("track-broken-off", { why: String(fault) });
  }
}

function commentsOf({ known, says, room }: Admitted, { person }: TrackSays): (readonly [string, string])[] {
  return [
    ["TITLE", known.summary.title],
    ["ARTIST", person.name],
    ["TRACKNUMBER", String(person.track)],
    ["DATE", new Date(says.startedAt).toISOString().slice(0, 10)],
    ["COMMENT", `Room ${room}`],
  ];
}

/** Another file has another tag: all that it is made of is its head, the names of its segments, which never change, and their layout. */
async function etagOf(stream: TrackStream, { runs, bytes }: TrackSays): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify({ runs, bytes, SEGMENT_MS }));
  const all = new Uint8Array(stream.head.byteLength + text.byteLength);
  all.set(stream.head);
  all.set(text, stream.head.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return `"${[...digest.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

function namesIt(header: string | undefined, etag: string): boolean {
  return header?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag || one.trim() === "*") ?? false;
}

/** How a browser is to call the file (RFC 6266): in ASCII for the oldest, and as it is. */
export function dispositionOf(name: string): string {
  const safe = name.replaceAll(/[\\/:*?"<>|%]/g, "_");
  const ascii = safe
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\x20-\x7e]/g, "_");
  // encodeURIComponent leaves out what an ext-value must have encoded (RFC 8187 §3.2.1).
  const utf8 = encodeURIComponent(safe).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
