import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { heardIn } from "../../core/audio/replay-people.ts";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { isRecordable } from "../../objects/recordable.ts";
import { BroadcastPage } from "../../pages/broadcast.tsx";
import { ContinuePage } from "../../pages/continue.tsx";
import { EmbedPage } from "../../pages/embed.tsx";
import { EveningPage } from "../../pages/evening.tsx";
import { HomePage } from "../../pages/home.tsx";
import { ListenerPage } from "../../pages/listener.tsx";
import { ProblemPage } from "../../pages/problem.tsx";
import { type RecordingFiles, ReplayPage } from "../../pages/replay.tsx";
import { recall } from "../memory/plan-memory.ts";
import { wordsFor } from "../request/language.ts";
import { PROBLEMS, type ProblemCode, problem } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { lobbyNow } from "../rooms/lobby.ts";
import { canReport } from "../rooms/report.ts";
import { admitToRecording } from "../sound/recording.ts";

/** `/`: what this is, and the form that makes a room. */
export async function homePage(c: Context<{ Bindings: Env }>): Promise<Response> {
  // Nobody came for the lobby alone: if it cannot be had, the page is there without it.
  const rooms = await lobbyNow(c.env).catch(() => []);
  const address = new URL("/", c.req.url).href;
  const can = { openCreate: c.env.OPEN_CREATE === "1", recordable: isRecordable(c.env) };
  return documentOf(c, <HomePage words={wordsFor(c)} address={address} {...can} rooms={rooms} />);
}

/** `/rooms/:room`: the listener's page, from the public summary alone. */
export async function listenerPage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const known = await knownRoom(c);
  if (known === undefined) return problemPage(c, "room-unknown");
  const { room, title, phase, listeners, locked, recorded, speakers = [], schedule, opensAt } = known.summary;
  const address = new URL(`/rooms/${room}`, c.req.url).href;
  // What is known here may be some seconds old: doors whose time has come are open.
  const isClosed = opensAt !== undefined && Date.parse(opensAt) > Date.now() && phase !== "ended";
  const told = { again: phase === "ended" && recorded, schedule, isClosed, canReport: canReport(c.env) };
  const shown = { room, title, phase, listeners, locked, speakers, address, ...told };
  return documentOf(c, <ListenerPage words={wordsFor(c)} {...shown} />);
}

/** `/rooms/:room/broadcast`: the host's page. Anybody may load it; the ticket, which stays in the browser, opens the stage. */
export async function broadcastPage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const [known, room] = [await knownRoom(c), askedRoom(c)];
  if (known === undefined || room === undefined) return problemPage(c, "room-unknown");
  const { title } = known.summary;
  const address = new URL(`/rooms/${room}`, c.req.url).href;
  return documentOf(c, <BroadcastPage words={wordsFor(c)} room={room} title={title} address={address} />);
}

/** `/rooms/:room/continue`: where a rescue link leads. Anybody may load it; the ticket, which stays in the browser, says whether he may go on. */
export async function continuePage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const [known, room] = [await knownRoom(c), askedRoom(c)];
  if (known === undefined || room === undefined) return problemPage(c, "room-unknown");
  return documentOf(c, <ContinuePage words={wordsFor(c)} room={room} title={known.summary.title} />);
}

/** `/rooms/:room/replay`: what was kept of a room. Who may hear it the page asks itself, with the ticket that only it has. */
export async function replayPage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const known = await knownRoom(c);
  if (known === undefined) return problemPage(c, "room-unknown");
  const { room, title, locked } = known.summary;
  const address = new URL(`/rooms/${room}/replay`, c.req.url).href;
  return documentOf(
    c,
    <ReplayPage words={wordsFor(c)} room={room} title={title} locked={locked} files={await filesOf(c)} address={address} />,
  );
}

/** What can be taken along of a recording; nothing where one needs a ticket, or the archive cannot be asked. */
async function filesOf(c: Context<{ Bindings: Env }>): Promise<RecordingFiles> {
  const kept = await admitToRecording(c).catch(() => undefined);
  if (typeof kept !== "object") return { people: [], captioned: false };
  const { recording } = kept.says;
  return { people: heardIn(recording).map(({ person }) => person), captioned: recording.captioned };
}

/** `/rooms/:room/evening`: the report for whoever ran the room. Anybody may load the page; the ticket, which stays in the browser, opens the report. */
export async function eveningPage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const [known, room] = [await knownRoom(c), askedRoom(c)];
  if (known === undefined || room === undefined) return problemPage(c, "room-unknown");
  const { title, locked } = known.summary;
  return documentOf(c, <EveningPage words={wordsFor(c)} room={room} title={title} locked={locked} />);
}

/** `/embed/:room`: the player for a frame in somebody else's page. */
export async function embedPage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const known = await knownRoom(c);
  if (known === undefined) return problemPage(c, "room-unknown", true);
  const { room, title, phase } = known.summary;
  const page = new URL(`/rooms/${room}`, c.req.url).href;
  return documentOf(c, <EmbedPage words={wordsFor(c)} room={room} title={title} phase={phase} page={page} />);
}

/** A *no* for whoever asks: a page for people, problem+json for programs. */
export function problemFor(c: Context<{ Bindings: Env }>, code: ProblemCode): Response | Promise<Response> {
  return (c.req.header("accept") ?? "").includes("text/html") ? problemPage(c, code) : problem(c, code);
}

function problemPage(c: Context<{ Bindings: Env }>, code: ProblemCode, framed?: true): Response | Promise<Response> {
  const [status, says] = PROBLEMS[code];
  const words = wordsFor(c);
  const title = words.problem.titles[code] ?? words.problem.otherwise;
  const shown = { words, status, title, detail: words.no.code[code] ?? says, framed };
  return documentOf(c, <ProblemPage {...shown} />, status);
}

/** JSX renders an element; without the doctype a browser falls back to its quirks of 1999. */
export function documentOf(c: Context, page: unknown, status: ContentfulStatusCode = 200): Response | Promise<Response> {
  return c.html(html`<!DOCTYPE html>${page}`, status);
}

/** The room that was asked for by name, where a ticket is: another may have its audience by now, and none of its tickets. */
function askedRoom(c: Context<{ Bindings: Env }>): RoomId | undefined {
  return parseRoomId(c.req.param("room") ?? "");
}

async function knownRoom(c: Context<{ Bindings: Env }>): Promise<Known | undefined> {
  const room = askedRoom(c);
  return room === undefined ? undefined : recall(c.env, room, settingsOf(c.env).summaryMs);
}
