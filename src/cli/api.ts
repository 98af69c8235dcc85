import { parseRoomId, type RoomId } from "../core/ids.ts";
import { parseObject } from "../core/json.ts";
import type { SocketEnding } from "./line/socket.ts";
import { fieldsOf, Halt, readProblem } from "./problem.ts";

/** A server that does not answer a plain request by then is taken for dead, in ms. */
const ANSWER_MS = 15_000;

/** What `POST /api/rooms` answers. */
export type CreatedRoom = {
  readonly room: RoomId;
  readonly hostTicket: string;
  readonly successorTickets: readonly string[];
  /** The room whose audience it has taken over, if it has. */
  readonly continues: string | undefined;
  readonly urls: {
    readonly page: string;
    readonly broadcast: string;
    readonly listen: string;
    readonly stage: string;
    /** The rescue links, by rank. */
    readonly continue: readonly string[];
  };
};

/** A room as strangers may see it. */
export type PublicRoom = { readonly room: RoomId; readonly title: string; readonly phase: string; readonly chunkMs: number };

/** The only door for `--url`. */
export function parseServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new Halt(`--url must be an address like http://127.0.0.1:8787, not "${text}".`);
  }
  return new URL(`${url.protocol.replace("ws", "http")}//${url.host}/`);
}

/** The only door for `--room`. */
export function parseRoom(text: string): RoomId {
  const room = parseRoomId(text);
  if (room === undefined) throw new Halt(`--room must be 3 to 64 of a-z, 0-9 and "-", not "${text}".`);
  return room;
}

/** The room and the successor's ticket in a rescue link; undefined for what is none. */
export function parseRescueLink(text: string): { readonly room: RoomId; readonly ticket: string } | undefined {
  const [, name = "", ticket = ""] = /\/rooms\/([^/]+)\/continue#ticket=([\w.-]+)/.exec(text) ?? [];
  const room = parseRoomId(name);
  return room === undefined || ticket === "" ? undefined : { room, ticket };
}

/** Where a listener connects; `from` is the last chunk heard, as `epoch.sequence`. */
export function listenUrl(server: URL, room: RoomId, from?: string): URL {
  return new URL(`/rooms/${room}/listen${from === undefined ? "" : `?from=${from}`}`, server);
}

/** Where a speaker connects. */
export function stageUrl(server: URL, room: RoomId): URL {
  return new URL(`/rooms/${room}/stage`, server);
}

/** The subprotocols of who brings a ticket: it stands here and never in a URL, because URLs are logged. */
export function ticketProtocols(ticket: string): readonly string[] {
  return ["canopy.v1", `ticket.${ticket}`];
}

/**
 * Makes a room.
 *
 * @param key the deployment's CREATE_KEY, where one is needed
 * @throws Halt if the server is not there or says no
 */
export function createRoom(server: URL, wish: Readonly<Record<string, unknown>>, key?: string): Promise<CreatedRoom> {
  return make(server, "/api/rooms", wish, key);
}

/**
 * Makes a room that takes over the audience of `from`.
 *
 * @param ticket one of the successor tickets that were given out with `from`
 * @throws Halt if the server is not there or says no
 */
export function continueRoom(server: URL, from: RoomId, ticket: string, wish: Readonly<Record<string, unknown>>): Promise<CreatedRoom> {
  return make(server, `/api/rooms/${from}/continue`, wish, ticket);
}

async function make(server: URL, path: string, wish: Readonly<Record<string, unknown>>, bearer: string | undefined): Promise<CreatedRoom> {
  const headers = { "content-type": "application/json", ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) };
  const said = await ask(server, path, { method: "POST", headers, body: JSON.stringify(wish) });
  const room = parseRoomId(String(said["room"]));
  const { hostTicket, successorTickets, continues, urls } = said;
  const { page, broadcast, listen, stage, continue: rescue } = fieldsOf(urls);
  if (room === undefined || typeof hostTicket !== "string" || !isText(page) || !isText(broadcast) || !isText(listen) || !isText(stage)) {
    throw new Halt(`${server.origin} answered something that is no room. Is it a Canopy server of this version?`);
  }
  const textsIn = (said: unknown): readonly string[] => (Array.isArray(said) ? said.filter(isText) : []);
  const tickets = { hostTicket, successorTickets: textsIn(successorTickets) };
  return {
    ...{ room, ...tickets, continues: isText(continues) ? continues : undefined },
    urls: { page, broadcast, listen, stage, continue: textsIn(rescue) },
  };
}

/** A room's public state. @throws Halt if the server is not there or knows no such room. */
export async function readRoom(server: URL, room: RoomId): Promise<PublicRoom> {
  const said = await ask(server, `/api/rooms/${room}`, {});
  const { title, phase, chunkMs } = said;
  return { room, title: isText(title) ? title : room, phase: isText(phase) ? phase : "quiet", chunkMs: Number(chunkMs) || 100 };
}

/** What to tell a person about an ending that a command does not come back from. */
export function explainEnding(ending: SocketEnding, server: URL): string {
  switch (ending.how) {
    case "closed":
      return `The server closed the connection: ${ending.reason || "no reason given"} (${ending.code}).`;
    case "refused":
      return explainRefusal(ending.status, ending.code, ending.detail);
    case "unreachable":
      return unreachable(server, ending.detail);
  }
}

function explainRefusal(status: number, code: string, detail: string): string {
  const hint: Record<string, string> = {
    "room-unknown": "Make it with `npm run broadcast -- --create`, or check --room.",
    "room-taken": "Choose another --room, or speak in this one with its --ticket.",
    "ticket-invalid": "Check --ticket: it is the part after `#ticket=` in the host's link.",
    "ticket-role-wrong": "To speak, pass the host's ticket; to --continue a room, one of its successor tickets.",
    "room-moved": "Listeners need not do anything; its host has a ticket of the new room.",
    "ticket-missing": "Pass --ticket: it is the part after `#ticket=` in the host's link.",
    "ticket-for-another-room": "Check --room: this ticket belongs to another one.",
    "ticket-expired": "Make a new room, or ask for a new ticket.",
    "create-key-wrong": "Pass the deployment's CREATE_KEY with --key.",
  };
  return [`The server said no: ${detail} (${status} ${code}).`, hint[code]].filter((part) => part !== undefined).join(" ");
}

async function ask(server: URL, path: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> {
  let status: number;
  let body: string;
  try {
    const answer = await fetch(new URL(path, server), { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    status = answer.status;
    body = await answer.text();
  } catch (fault) {
    throw new Halt(unreachable(server, reasonOf(fault)));
  }
  if (status >= 400) {
    const problem = readProblem(body);
    throw new Halt(explainRefusal(status, problem?.code ?? "http", problem?.detail ?? body.slice(0, 200)));
  }
  return fieldsOf(parseObject(body));
}

function unreachable(server: URL, why: string): string {
  return `No server answers at ${server.origin} (${why}). Start one with \`npm start\`, or check --url.`;
}

function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  // fetch says "fetch failed" and keeps the reason as its cause; a refused connection has only a code.
  const { cause } = fault;
  if (!(cause instanceof Error)) return fault.message;
  return cause.message || ("code" in cause ? String(cause.code) : fault.message);
}

function isText(said: unknown): said is string {
  return typeof said === "string";
}
