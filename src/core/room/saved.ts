import { parseRoomId, parseSessionId, type SessionId } from "../ids.ts";
import { type Fields, isCount, isFields, isNumber, parseObject } from "../json.ts";
import { recordingOf } from "./recording.ts";
import { isRole } from "./roles.ts";
import { doorsOf } from "./schedule.ts";
import { type Asked, type Hand, type HostWatch, type Invitation, type KeptOut, MOST_SPEAKERS, type Room, type Speaker } from "./state.ts";
import { overOf } from "./upkeep.ts";

/** One more with each change that an older reader would misunderstand. */
const VERSION = 1;

/** A room's people as they are kept: JSON of everything, so that a restart at any moment changes nothing. */
export function formatRoom(room: Room): string {
  return JSON.stringify({ version: VERSION, ...room, speakers: [...room.speakers.values()] });
}

/** The only door for what was kept; undefined for what this version cannot read. */
export function parseRoom(text: string): Room | undefined {
  const said = parseObject(text);
  if (said?.["version"] !== VERSION) return undefined;
  const { title, phase, chunkMs, maxSpeakers, nextVoice, addressesSince, locked, stageLocked } = said;
  const id = typeof said["id"] === "string" ? parseRoomId(said["id"]) : undefined;
  const speakers = listOf(said["speakers"], speakerOf);
  const hands = listOf(said["hands"], handOf);
  const invited = listOf(said["invited"], invitationOf);
  const keptOut = listOf(said["keptOut"], keptOutOf);
  const questions = listOf(said["questions"], askedOf);
  const host = hostOf(said["host"]);
  const over = overOf(said["over"]);
  const recording = recordingOf(said["recording"]);
  const doors = doorsOf(said["doors"]);
  if (id === undefined || typeof title !== "string" || !isCount(chunkMs) || !isCount(nextVoice)) return undefined;
  if (!isCount(maxSpeakers) || maxSpeakers < 1 || maxSpeakers > MOST_SPEAKERS) return undefined;
  if (phase !== "quiet" && phase !== "live" && phase !== "ended") return undefined;
  if (speakers === undefined || hands === undefined || invited === undefined || keptOut === undefined) return undefined;
  if (questions === undefined || host === undefined) return undefined;
  return {
    id,
    title,
    phase,
    chunkMs,
    maxSpeakers,
    speakers: new Map(speakers.map((speaker) => [speaker.session, speaker])),
    nextVoice,
    steppedIn: listOf(said["steppedIn"], (one) => (isCount(one) ? one : undefined)) ?? [],
    hands,
    invited,
    keptOut,
    addressesSince: isNumber(addressesSince) ? addressesSince : undefined,
    questions,
    pinned: askedOf(said["pinned"]),
    handled: listOf(said["handled"], (one) => (typeof one === "string" ? one : undefined)) ?? [],
    locked: locked === true,
    stageLocked: stageLocked === true,
    // Whose body reads this knows what the deployment has.
    recordable: false,
    host,
    ...(recording === undefined ? {} : { recording }),
    ...(said["handsFull"] === true ? { handsFull: true } : {}),
    ...(said["unsure"] === true ? { unsure: true } : {}),
    ...(over === undefined ? {} : { over }),
    ...(doors === undefined ? {} : { doors }),
  };
}

/** All of a list, or nothing: a room with half of its bans would let in whom a host has sent away. */
function listOf<One>(said: unknown, read: (one: unknown) => One | undefined): readonly One[] | undefined {
  if (!Array.isArray(said)) return undefined;
  const all = said.map(read).filter((one) => one !== undefined);
  return all.length === said.length ? all : undefined;
}

function speakerOf(said: unknown): Speaker | undefined {
  const who = whoOf(said);
  if (who === undefined) return undefined;
  const { session, name, fields } = who;
  const { role, rank, voice, connection, air, muted, held, awaySince, address, standsBy } = fields;
  if (!isRole(role) || role === "listener" || !isCount(voice)) return undefined;
  if (air !== "off" && air !== "check" && air !== "on") return undefined;
  if (held !== "no" && held !== "muted" && held !== "locked") return undefined;
  return {
    session,
    name,
    role,
    rank: rank === 1 || rank === 2 ? rank : undefined,
    voice,
    connection: isCount(connection) ? connection : undefined,
    air,
    standsBy: standsBy === true,
    muted: muted === true,
    held,
    awaySince: isNumber(awaySince) ? awaySince : undefined,
    address: typeof address === "string" ? address : undefined,
  };
}

function handOf(said: unknown): Hand | undefined {
  const who = whoOf(said);
  const since = who?.fields["since"];
  return who === undefined || !isNumber(since) ? undefined : { session: who.session, name: who.name, since };
}

function invitationOf(said: unknown): Invitation | undefined {
  const who = whoOf(said);
  const until = who?.fields["until"];
  return who === undefined || !isNumber(until) ? undefined : { session: who.session, name: who.name, until };
}

function keptOutOf(said: unknown): KeptOut | undefined {
  const who = whoOf(said);
  if (who === undefined) return undefined;
  const { session, name, fields } = who;
  const { banned, byAddress, address } = fields;
  return {
    session,
    name,
    banned: banned === true,
    byAddress: byAddress === true,
    address: typeof address === "string" ? address : undefined,
  };
}

function askedOf(said: unknown): Asked | undefined {
  const who = whoOf(said);
  if (who === undefined) return undefined;
  const { id, text } = who.fields;
  return typeof id === "string" && typeof text === "string" ? { id, session: who.session, name: who.name, text } : undefined;
}

function hostOf(said: unknown): HostWatch | undefined {
  if (!isFields(said)) return undefined;
  const { presence, heardAt, offered } = said;
  if ((presence !== "here" && presence !== "silent" && presence !== "gone") || !isNumber(heardAt)) return undefined;
  return offered === 0 || offered === 1 || offered === 2 ? { presence, heardAt, offered } : undefined;
}

function whoOf(said: unknown): { readonly session: SessionId; readonly name: string; readonly fields: Fields } | undefined {
  if (!isFields(said) || typeof said["session"] !== "string" || typeof said["name"] !== "string") return undefined;
  const session = parseSessionId(said["session"]);
  return session === undefined ? undefined : { session, name: said["name"], fields: said };
}
