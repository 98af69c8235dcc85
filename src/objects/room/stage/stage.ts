import { Alignment, placeSpeech } from "../../../core/audio/alignment.ts";
import type { Bundle, PlacedFrame } from "../../../core/audio/bundle.ts";
import { LineQuality } from "../../../core/audio/line-quality.ts";
import { decodeSpeech, MAX_SPEECH_BYTES, type Speech, type SpeechFault } from "../../../core/audio/speech.ts";
import { parseSessionId, type SessionId } from "../../../core/ids.ts";
import { isRole, type Role } from "../../../core/room/roles.ts";
import { ENDING, type Ending } from "../../../core/wire/ending.ts";
import type { QualityState } from "../../../core/wire/messages.ts";
import { end, send } from "../../sockets.ts";

/** Unreadable messages that one connection may send before it is closed: a page with a fault is told, a flood is not served. */
const MAX_FAULTS = 50;
/** Sockets of one session that may still be closing: who does not answer the close of one does not get ever more. */
const MAX_LEAVING = 8;
/** Sound messages that one connection may send within SOUND_MS: twice what speech needs, so that what a stalled line held back may come at once. */
const MAX_SOUNDS = 2_000;
const SOUND_MS = 20_000;
/** The same refusal is told at most this often, in ms: a speaker sends fifty messages a second. */
const REFUSAL_MS = 1_000;

/** Who comes to the stage, as the edge has verified. `address`: as HEADER.address. */
export type Arrival = { readonly session: SessionId; readonly name: string; readonly role: Role; readonly address?: string | undefined };
/** One speaker's socket. `role`: what his ticket said when he came. */
export type Seat = Arrival & { readonly socket: WebSocket; readonly connection: number };

type Line = Seat & {
  readonly alignment: Alignment;
  readonly quality: LineQuality;
  faults: number;
  readonly texts: Rate;
  readonly sounds: Rate;
  readonly refusedAt: Map<string, number>;
  /** When anything last came, in ms since 1970. */
  heardAt: number;
};

/** What came within a window that began at `since`, in ms since 1970. */
type Rate = { since: number; count: number };

/** What a refusal says to people. */
const SAYS: Readonly<Record<string, string>> = {
  "speech-too-short": "That sound message is too short to be one",
  "speech-too-long": "That sound message is too long",
  "speech-version-unknown": "This room does not speak that version of the wire",
  "speech-malformed": "That sound message could not be read",
  "speech-not-20-ms-opus": "Sound must be Opus packets of 20 ms each",
  "speech-out-of-order": "Those frames were out of order or repeated, and were not heard",
  "speech-too-fast": "Sound came faster than it is spoken, and was not heard",
  "room-moved": "Another room feeds this audience now",
  "text-unreadable": "That message could not be read",
};

/** The speakers' sockets of a room: who sits where, and what of their sound can be heard. */
export class Stage {
  readonly #lines = new Map<WebSocket, Line>();
  /** Closed from here, and the other side has yet to answer, which it may never do: nothing is read from them or sent to them. */
  readonly #leaving = new Map<WebSocket, Seat>();
  #connections = 0;

  /** Seats that outlived the object's sleep, oldest first. */
  restore(sockets: readonly WebSocket[]): readonly Seat[] {
    for (const socket of sockets) {
      const kept: unknown = socket.deserializeAttachment();
      if (!isKept(kept)) continue;
      const { name, role, address, connection } = kept;
      const session = parseSessionId(kept.session);
      if (session !== undefined) this.#sit({ socket, session, name, role, address, connection });
    }
    return [...this.#lines.values()].sort((a, b) => a.connection - b.connection);
  }

  /** A new connection of a speaker; numbered above all before it. */
  seat(socket: WebSocket, arrival: Arrival): Seat {
    const connection = this.#connections + 1;
    socket.serializeAttachment({ ...arrival, connection });
    return this.#sit({ ...arrival, socket, connection });
  }

  seatOf(socket: WebSocket): Seat | undefined {
    return this.#lines.get(socket);
  }

  /** A socket is closed. */
  leave(socket: WebSocket): Seat | undefined {
    const seat = this.#lines.get(socket) ?? this.#leaving.get(socket);
    this.#lines.delete(socket);
    this.#leaving.delete(socket);
    return seat;
  }

  /** False while too many sockets of this session are closing and do not answer. Nobody else's keep him out. */
  mayOpen(session: SessionId): boolean {
    let closing = 0;
    for (const seat of this.#leaving.values()) if (seat.session === session) closing++;
    return closing < MAX_LEAVING;
  }

  /** False once a connection says more texts within a second than `most`. */
  mayTalk(socket: WebSocket, most: number, nowMs: number): boolean {
    const line = this.#lines.get(socket);
    return line !== undefined && isWithin(line.texts, most, 1_000, nowMs);
  }

  /** Closes one connection with a reason. */
  close(connection: number, ending: Ending): void {
    for (const line of this.#lines.values()) if (line.connection === connection) this.end(line.socket, ending);
  }

  /** Closes all. */
  closeAll(ending: Ending): void {
    for (const socket of this.#lines.keys()) this.end(socket, ending);
  }

  /** Closes this one. Nothing that it still says is heard, whether or not the other side answers. */
  end(socket: WebSocket, ending: Ending): void {
    const line = this.#lines.get(socket);
    this.#lines.delete(socket);
    if (line !== undefined) this.#leaving.set(socket, line);
    end(socket, ending);
  }

  /** Tells every speaker. */
  tell(text: string): void {
    for (const line of this.#lines.values()) send(line.socket, text);
  }

  /** Tells those whose session is meant: all their windows. */
  tellThose(text: string, isMeant: (session: SessionId) => boolean): void {
    for (const line of this.#lines.values()) if (isMeant(line.session)) send(line.socket, text);
  }

  /** Lines that are open. */
  get size(): number {
    return this.#lines.size;
  }

  /** Sockets that this object holds, those that are closing too. */
  get sockets(): number {
    return this.#lines.size + this.#leaving.size;
  }

  /** Everybody's connection, and when anything last came on it, in ms since 1970. */
  get seats(): Iterable<Seat & { readonly heardAt: number }> {
    return this.#lines.values();
  }

  /** How each line does that has said so; loss of the last ten seconds. */
  quality(nowMs: number): QualityState["lines"] {
    return [...this.#lines.values()].map(({ session, quality }) => {
      const { roundTripMs } = quality;
      return { session, ...(roundTripMs === undefined ? {} : { roundTripMs }), lossPercent: quality.lossPercent(nowMs) };
    });
  }

  /** Something came, a ping with how long the line takes, perhaps. */
  heardFrom(socket: WebSocket, nowMs: number, roundTripMs?: number): void {
    const line = this.#lines.get(socket);
    if (line === undefined) return;
    line.heardAt = nowMs;
    line.quality.roundTripMs = roundTripMs ?? line.quality.roundTripMs;
  }

  /** A binary message; nothing if it is none that a speaker sends, and he is told why. */
  read(socket: WebSocket, message: Uint8Array, nowMs: number): Speech | undefined {
    const line = this.#lines.get(socket);
    if (line === undefined) return undefined;
    line.heardAt = nowMs;
    const isTooLarge = message.byteLength > MAX_SPEECH_BYTES;
    if (isTooLarge || !isWithin(line.sounds, MAX_SOUNDS, SOUND_MS, nowMs)) {
      this.end(socket, ENDING[isTooLarge ? "message-too-large" : "too-many-messages"]);
      return undefined;
    }
    const speech = decodeSpeech(message);
    if (typeof speech === "string") {
      this.#fault(line, speech, nowMs);
      return undefined;
    }
    line.quality.heard(speech, nowMs);
    return speech;
  }

  /** What it adds to the room's timeline: frames in their places, or nothing and the speaker is told why. */
  place(socket: WebSocket, speech: Speech, bundle: Bundle, nowMs: number): readonly PlacedFrame[] {
    const line = this.#lines.get(socket);
    if (line === undefined) return [];
    const placed = placeSpeech(line.alignment, speech, bundle.positionAt(nowMs), bundle.openFrom);
    const late = speech.frames.length - (typeof placed === "string" ? 0 : placed.length);
    if (late > 0) line.quality.late(late, nowMs);
    if (typeof placed !== "string") return placed;
    this.refuse(socket, placed, nowMs);
    return [];
  }

  /** A *no* to this speaker; the connection goes on. @param says what people read, where the code alone does not tell */
  refuse(socket: WebSocket, code: string, nowMs: number, says: string = SAYS[code] ?? code): void {
    const line = this.#lines.get(socket);
    if (line === undefined || nowMs - (line.refusedAt.get(code) ?? Number.NEGATIVE_INFINITY) < REFUSAL_MS) return;
    line.refusedAt.set(code, nowMs);
    send(socket, JSON.stringify({ type: "refused", revision: 0, roomTime: 0, code, says }));
  }

  /** The same *no* to everybody on stage. */
  refuseAll(code: string, nowMs: number): void {
    for (const socket of this.#lines.keys()) this.refuse(socket, code, nowMs);
  }

  #fault(line: Line, fault: SpeechFault, nowMs: number): void {
    if (++line.faults > MAX_FAULTS) this.end(line.socket, ENDING["message-malformed"]);
    else this.refuse(line.socket, fault, nowMs);
  }

  #sit(seat: Seat): Seat {
    this.#connections = Math.max(this.#connections, seat.connection);
    const rates = { texts: { since: 0, count: 0 }, sounds: { since: 0, count: 0 } };
    const fresh = { alignment: new Alignment(), quality: new LineQuality(), refusedAt: new Map() };
    this.#lines.set(seat.socket, { ...seat, ...fresh, ...rates, faults: 0, heardAt: Date.now() });
    return seat;
  }
}

/** Counts one more; false if that is more than `most` within `windowMs`. */
function isWithin(rate: Rate, most: number, windowMs: number, nowMs: number): boolean {
  if (nowMs - rate.since >= windowMs) {
    rate.since = nowMs;
    rate.count = 0;
  }
  return ++rate.count <= most;
}

function isKept(said: unknown): said is { session: string; name: string; role: Role; address?: string; connection: number } {
  if (typeof said !== "object" || said === null || !("session" in said && "name" in said && "role" in said && "connection" in said)) {
    return false;
  }
  return typeof said.session === "string" && typeof said.name === "string" && isRole(said.role) && typeof said.connection === "number";
}
