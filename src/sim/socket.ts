import type { Message } from "../core/tree/down/greeting.ts";
import { bytesIn, type Carried, isPatient } from "./carried.ts";
import type { Host } from "./host.ts";
import type { Arrival, Inbox } from "./inbox.ts";
import type { Line } from "./line.ts";

/** What a mind calls a link: the end of a connection that its object holds. */
export abstract class Socket {
  /** Sends now; charged to the object. */
  abstract send(message: Message): void;
  /** Bytes that wait to leave; none where lines are fast. */
  get queuedBytes(): number {
    return 0;
  }

  /** Closes from this side. */
  abstract close(code: number): void;
}

/** Who holds a socket between objects. */
export interface Holder {
  /** True while it is of no consequence to anybody else when exactly sound comes: then it may be looked at a little later (inbox.ts). */
  readonly canWait?: boolean;
  heard(link: LinkEnd, message: Carried): void;
  /** The other side closed, died, or answered a close. */
  closed(link: LinkEnd, code: number | undefined): void;
}

/** Something said to all: what, of how many bytes, when the first send of it begins, and what each costs, in ms. */
export type Said = {
  readonly message: Message;
  readonly bytes: number;
  /** True of what need not be looked at the instant that it comes (carried.ts). */
  readonly isPatient: boolean;
  readonly from: number;
  readonly costMs: number;
};

/** Who says the same to several ends (fan.ts). */
export interface Says {
  /** So much was said. */
  readonly end: number;
  /** What was said as the `order`th thing. */
  said(order: number): Said | undefined;
  /** This end cannot wait any more. */
  hasten(end: LinkEnd): void;
}

/** One end of a connection between two objects. */
export class LinkEnd extends Socket {
  readonly host: Host;
  readonly #holder: Holder;
  readonly #life: number;
  readonly #line: Line;
  #peer: LinkEnd | undefined;
  #isOpen = true;
  #isSilent = false;
  /** What is said to this one and others alike, how far it was conveyed, and which of them is sent it first. */
  #fan: Says | undefined;
  #conveyed = 0;
  #place = 0;

  private constructor(host: Host, holder: Holder, line: Line) {
    super();
    this.host = host;
    this.#holder = holder;
    this.#life = host.life;
    this.#line = line;
  }

  /** A connection, open at both ends. */
  static pair(one: Host, oneHolder: Holder, other: Host, otherHolder: Holder, lines: readonly [Line, Line]): readonly [LinkEnd, LinkEnd] {
    const here = new LinkEnd(one, oneHolder, lines[0]);
    const there = new LinkEnd(other, otherHolder, lines[1]);
    here.#peer = there;
    there.#peer = here;
    return [here, there];
  }

  get peer(): LinkEnd | undefined {
    return this.#peer;
  }

  /** False once it was closed here, or its object died. */
  get isOpen(): boolean {
    return this.#isOpen && this.host.life === this.#life;
  }

  /** From now on nothing passes either way, and nobody is told: a half-open connection. */
  silence(): void {
    this.host.server.inbox?.catchUp();
    this.#peer?.host.server.inbox?.catchUp();
    this.convey();
    this.#peer?.convey();
    this.#isSilent = true;
    if (this.#peer !== undefined) this.#peer.#isSilent = true;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  override send(message: Carried): void {
    this.convey();
    const { server } = this.host;
    const bytes = bytesIn(message);
    server.send(bytes, 1);
    if (this.#peer !== undefined && !this.#isSilent && this.isOpen) this.#pass(this.#peer, message, bytes, server.instant);
  }

  /** From now on this one is told what `fan` says, as the `place`th of all. */
  follow(fan: Says, place: number): void {
    this.#fan = fan;
    this.#place = place;
    this.#conveyed = fan.end;
  }

  /** What `fan` says is nothing to this one any more. */
  leave(fan: Says): void {
    if (this.#fan === fan) this.#fan = undefined;
  }

  /** True while the other side can wait for sound. */
  get canWait(): boolean {
    return this.#peer !== undefined && this.#peer.#holder.canWait === true;
  }

  /** The other side cannot wait any more: what was said to it comes at its instant. */
  hasten(): void {
    this.convey();
    this.#fan?.hasten(this);
  }

  /** What was said to all sets out on this line, each at the instant at which it was sent. */
  convey(): void {
    const fan = this.#fan;
    if (fan === undefined || this.#conveyed === fan.end) return;
    const peer = this.#isSilent || !this.isOpen ? undefined : this.#peer;
    const { end } = fan;
    if (peer === undefined) this.#conveyed = end;
    const inbox = peer === undefined ? undefined : peer.#inbox;
    for (; this.#conveyed < end; this.#conveyed++) {
      const said = fan.said(this.#conveyed);
      if (said === undefined || peer === undefined) continue;
      const at = this.#line.arrivalOf(said.from + (this.#place + 1) * said.costMs, said.bytes);
      const delivery = new Delivery(peer, at, said.message);
      if (inbox !== undefined && said.isPatient) inbox.add(delivery);
      else this.host.ground.clock.at(at, delivery);
    }
  }

  #pass(peer: LinkEnd, message: Carried, bytes: number, leavesAt: number): void {
    const at = this.#line.arrivalOf(leavesAt, bytes);
    const delivery = new Delivery(peer, at, message);
    const inbox = isPatient(message) ? peer.#inbox : undefined;
    if (inbox !== undefined) inbox.add(delivery);
    else this.host.ground.clock.at(at, delivery);
  }

  /** Where things wait for this one, while it can wait. */
  get #inbox(): Inbox | undefined {
    return this.#holder.canWait ? this.host.server.inbox : undefined;
  }

  override close(code: number): void {
    if (!this.isOpen) return;
    this.convey();
    this.#isOpen = false;
    this.#sayClosed(this.host.server.instant, code);
  }

  /** The object is dead: the other side is told, unless the connection is half-open. */
  abandon(): void {
    this.#isOpen = false;
    this.#fan = undefined;
    this.#sayClosed(this.host.ground.clock.now, undefined);
  }

  #sayClosed(at: number, code: number | undefined): void {
    if (this.#isSilent || this.#peer === undefined) return;
    const arrivesAt = this.#line.arrivalOf(at, 0);
    this.host.ground.clock.at(arrivesAt, new Delivery(this.#peer, arrivesAt, undefined, code));
  }

  /** For deliveries only. */
  deliver(message: Carried | undefined, code: number | undefined): void {
    const { server, ground } = this.host;
    if (this.host.life !== this.#life) return;
    server.charge(ground.costs.hopMs);
    if (message === undefined) {
      // A close is answered by a close, and the one who asked for it hears of it too.
      const wasOpen = this.#isOpen;
      this.#isOpen = false;
      if (wasOpen) this.#sayClosed(server.instant, undefined);
      this.#holder.closed(this, code);
    } else if (this.#isOpen) this.#holder.heard(this, message);
  }
}

/** A message on its way: first along the line, then in the queue of the object that it is for. */
class Delivery implements Arrival {
  readonly at: number;
  readonly #to: LinkEnd;
  readonly #message: Carried | undefined;
  readonly #code: number | undefined;
  #hasArrived = false;

  /** @param message undefined for a close, with its code */
  constructor(to: LinkEnd, at: number, message: Carried | undefined, code?: number) {
    this.at = at;
    this.#to = to;
    this.#message = message;
    this.#code = code;
  }

  run(): void {
    if (this.#hasArrived) this.#to.deliver(this.#message, this.#code);
    else if (this.arrives()) this.#to.host.server.submit(this);
  }

  /** It is there, and next is looked at. False if it never comes: what was on its way when the connection fell silent. */
  arrives(): boolean {
    this.#hasArrived = true;
    return !this.#to.isSilent;
  }
}
