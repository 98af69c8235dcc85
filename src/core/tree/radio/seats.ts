import { type OggPlace, OggStream, streamEnd, streamHead } from "../../audio/ogg-stream.ts";
import type { Visitor } from "../people/visitors.ts";

/** Pages that a listener's first answer brings: eight seconds. Why so many stands at LEAST_PACKET_BYTES (core/audio/ogg-stream.ts). */
const BURST_PAGES = 40;
/** Pages that are kept: who could not be sent for as long hears all of it later, and then goes on at the live edge. 30 s. */
const KEPT_PAGES = 150;
/** Every listener has his turn once in so many turns: one send a second with five pages costs a fifth of five, and all of them are spread over it. */
export const TURNS = 25;
/** Who has not read for so many of his turns is given up. */
const MOST_MISSED = 60;
/**
 * Who has not taken what he was sent at first within so many of his turns never reads: a player does at once, and a line too thin for it plays
 * nothing. What buffers on the way to him take counts as taken; MOST_OF_ADDRESS bounds what nobody can see.
 */
const MOST_UNREAD = 15;
/** Listeners of one address in one radio, a fifth of its places: more than a house or an office plays at once, and many behind a carrier's one address. */
export const MOST_OF_ADDRESS = 50;

/** How a radio's body reaches its listeners. */
export type Ears<Ear> = {
  /** True of who can be sent more now: what he was sent before is on its way. */
  wants(ear: Ear): boolean;
  /** Bytes that were sent and still wait for him to read them. */
  queued(ear: Ear): number;
  send(ear: Ear, bytes: Uint8Array<ArrayBuffer>): void;
};

/** Who comes to hear the stream. `serial`: of his own stream, by luck, u32; `title`: as his player shows it; `invited`: he may hear a private room. */
export type Newcomer = { readonly serial: number; readonly title: string; readonly visitor: Visitor; readonly invited: boolean };

/** Somebody who plays the stream. */
export type Seat = OggPlace & {
  readonly visitor: Visitor;
  readonly turn: number;
  /** He was let in by a plan that the parent has told or confirmed, or is invited. */
  sure: boolean;
  begun: boolean;
  missed: number;
  /** Bytes that he was sent at first, and so far; looked at until he has read the first. */
  first: number;
  sent: number;
  /** His turns without having read them; undefined once he has. */
  unread: number | undefined;
};

/** Who plays a radio's stream: each has his own place in it and his own turn, and is given up if he does not read. */
export class Seats<Ear> {
  readonly #seats = new Map<Ear, Seat>();
  #stream = new OggStream(KEPT_PAGES);
  #turn = 0;
  #came = 0;

  get size(): number {
    return this.#seats.size;
  }

  /** True once there is something to hear. */
  get hasPages(): boolean {
    return this.#stream.made > 0;
  }

  /** The stream begins anew: whoever waits for it hears it from its beginning. */
  startAnew(): void {
    this.#stream = new OggStream(KEPT_PAGES);
    for (const seat of this.#seats.values()) seat.next = 0;
  }

  /** What is to be heard next. */
  add(packets: readonly Uint8Array[]): void {
    this.#stream.add(packets);
  }

  /** Somebody comes; what a stream begins with is sent to him at once. @param sure he would be let in whatever the parent says of the room */
  come(ear: Ear, { serial, title, visitor }: Newcomer, sure: boolean, ears: Ears<Ear>): void {
    const place = this.#stream.begin(serial, BURST_PAGES);
    const head = streamHead(place, title);
    const turn = this.#came++ % TURNS;
    this.#seats.set(ear, { ...place, visitor, turn, sure, begun: false, missed: 0, first: 0, sent: head.byteLength, unread: 0 });
    ears.send(ear, head);
  }

  /** The last seconds for who has just come, if there are any yet. */
  begin(ear: Ear, ears: Ears<Ear>): void {
    const seat = this.#seats.get(ear);
    if (seat === undefined || !this.hasPages) return;
    Object.assign(seat, { ...this.#stream.begin(seat.serial, BURST_PAGES), begun: true });
    this.#serve(ear, seat, ears);
  }

  leave(ear: Ear): void {
    this.#seats.delete(ear);
  }

  /** The next turn: whoever's it is gets what is new. Those who have not read for too long, and are gone. */
  turn(ears: Ears<Ear>): readonly Ear[] {
    this.#turn = (this.#turn + 1) % TURNS;
    const given: Ear[] = [];
    for (const [ear, seat] of this.#seats) {
      if (!seat.begun) this.begin(ear, ears);
      else if (seat.turn === this.#turn && !this.#serve(ear, seat, ears)) {
        this.#seats.delete(ear);
        given.push(ear);
      }
    }
    return given;
  }

  /** True if as many of one address listen here as may. Of whom nobody knows where he comes from, there may be any number. */
  isCrowded(address: string | undefined): boolean {
    if (address === undefined) return false;
    let held = 0;
    for (const { visitor } of this.#seats.values()) if (visitor.address === address) held++;
    return held >= MOST_OF_ADDRESS;
  }

  /** Those who must go now, and are gone. */
  giveUp(isToGo: (seat: Seat) => boolean): readonly Ear[] {
    const gone = [...this.#seats].filter(([, seat]) => isToGo(seat)).map(([ear]) => ear);
    for (const ear of gone) this.#seats.delete(ear);
    return gone;
  }

  /** Who is here may stay. */
  makeSure(): void {
    for (const seat of this.#seats.values()) seat.sure = true;
  }

  /** The stream is over for everybody: what each is sent last. */
  finish(): readonly { readonly ear: Ear; readonly bytes: Uint8Array<ArrayBuffer> }[] {
    const finished = [...this.#seats].map(([ear, seat]) => ({ ear, bytes: streamEnd(seat) }));
    this.#seats.clear();
    return finished;
  }

  /** False of who has not read for too long. */
  #serve(ear: Ear, seat: Seat, ears: Ears<Ear>): boolean {
    if (seat.first > 0 && seat.sent - ears.queued(ear) >= seat.first) seat.unread = undefined;
    if (seat.unread !== undefined && ++seat.unread > MOST_UNREAD) return false;
    if (!ears.wants(ear)) return ++seat.missed <= MOST_MISSED;
    seat.missed = 0;
    const bytes = this.#stream.take(seat, BURST_PAGES);
    if (bytes !== undefined) ears.send(ear, bytes);
    if (seat.unread !== undefined) seat.sent += bytes?.byteLength ?? 0;
    if (seat.first === 0) seat.first = seat.sent;
    return true;
  }
}
