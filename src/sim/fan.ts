import type { Message } from "../core/tree/down/greeting.ts";
import { bytesIn, isPatient } from "./carried.ts";
import type { Host } from "./host.ts";
import { LinkEnd, type Said, type Says, type Socket } from "./socket.ts";

/**
 * What a parent says to all its children alike. It is said once; each child's own line conveys it when somebody looks at that child (inbox.ts),
 * as if it had been sent at its instant: thousands of leaves hear ten chunks a second, and most of the work of a send would be to find them.
 */
export class Fan implements Says {
  readonly #host: Host;
  #said: Said[] = [];
  /** Things that were said before those. */
  #before = 0;
  #ends: LinkEnd[] = [];
  /** Those who cannot wait: to them it is conveyed at once. */
  readonly #prompt = new Set<LinkEnd>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** So much was said. */
  get end(): number {
    return this.#before + this.#said.length;
  }

  /** What was said as the `order`th thing. */
  said(order: number): Said | undefined {
    return this.#said[order - this.#before];
  }

  /** Sends to all of `links`, one after the other. */
  say(links: Iterable<Socket>, message: Message): void {
    if (!this.#isOf(links)) this.#gather(links);
    const { server } = this.#host;
    const bytes = bytesIn(message);
    const costMs = server.send(bytes, this.#ends.length);
    const canWait = isPatient(message);
    this.#said.push({ message, bytes, isPatient: canWait, from: server.instant - costMs * this.#ends.length, costMs });
    if (!canWait) for (const end of this.#ends) end.convey();
    else {
      for (const end of this.#prompt) {
        if (end.canWait) this.#prompt.delete(end);
        else end.convey();
      }
    }
  }

  /** This one cannot wait any more. */
  hasten(end: LinkEnd): void {
    this.#prompt.add(end);
  }

  /** Everything is conveyed, and need not be remembered. */
  forget(): void {
    for (const end of this.#ends) end.convey();
    this.#before = this.end;
    this.#said = [];
  }

  #isOf(links: Iterable<Socket>): boolean {
    let place = 0;
    for (const link of links) if (this.#ends[place++] !== link) return false;
    return place === this.#ends.length;
  }

  #gather(links: Iterable<Socket>): void {
    this.forget();
    for (const end of this.#ends) end.leave(this);
    this.#ends = [];
    this.#prompt.clear();
    for (const link of links) {
      if (!(link instanceof LinkEnd)) continue;
      link.follow(this, this.#ends.length);
      this.#ends.push(link);
      if (!link.canWait) this.#prompt.add(link);
    }
  }
}
