import type { SessionId } from "../../ids.ts";
import { type Bans, NO_BANS } from "./bans.ts";

/** What a leaf is told of who comes: his session, and the HMAC of his address; neither of a bare client in a room without bans. */
export type Visitor = { readonly session?: SessionId | undefined; readonly address?: string | undefined };

/** True of whom these keep out. */
export function isKeptOut({ sessions, addresses }: Bans, { session, address }: Visitor): boolean {
  return (session !== undefined && sessions.has(session)) || (address !== undefined && addresses.has(address));
}

/** Whose addresses a leaf still knows after they have gone: enough for a host who bans the address of somebody whom he has just removed. */
const GONE_REMEMBERED = 100;

const NOBODY: ReadonlySet<never> = new Set<never>();

/** Who is who at one leaf: which sockets a session has, and who must not be here. A listener without session or address costs nothing. */
export class Visitors<Link> {
  readonly #visitors = new Map<Link, Visitor>();
  readonly #sessions = new Map<SessionId, Set<Link>>();
  readonly #addresses = new Map<SessionId, string>();
  #bans = NO_BANS;

  /** Somebody came. */
  come(link: Link, visitor: Visitor): void {
    const { session, address } = visitor;
    if (session === undefined && address === undefined) return;
    this.#visitors.set(link, visitor);
    if (session === undefined) return;
    const links = this.#sessions.get(session);
    if (links === undefined) this.#sessions.set(session, new Set([link]));
    else links.add(link);
  }

  /** Somebody is gone. Who he was. */
  leave(link: Link): Visitor | undefined {
    const visitor = this.#visitors.get(link);
    this.#visitors.delete(link);
    if (visitor?.session === undefined) return visitor;
    const { session, address } = visitor;
    const links = this.#sessions.get(session);
    links?.delete(link);
    if (links?.size === 0) this.#sessions.delete(session);
    if (address !== undefined) this.#remember(session, address);
    return visitor;
  }

  /** Who sits at this link. */
  of(link: Link): Visitor | undefined {
    return this.#visitors.get(link);
  }

  /** The sockets of a session. */
  linksOf(session: SessionId): ReadonlySet<Link> {
    return this.#sessions.get(session) ?? NOBODY;
  }

  /** Where a session came from: the HMAC of its address, if it is here, or was until lately. */
  addressOf(session: SessionId): string | undefined {
    for (const link of this.linksOf(session)) {
      const address = this.#visitors.get(link)?.address;
      if (address !== undefined) return address;
    }
    return this.#addresses.get(session);
  }

  /** There is a new key to addresses, under which what is known here means nothing. Of whom it was known. */
  forgetAddresses(): readonly Link[] {
    this.#addresses.clear();
    const known = [...this.#visitors].filter(([, { address }]) => address !== undefined);
    for (const [link, { session }] of known) {
      if (session === undefined) this.#visitors.delete(link);
      else this.#visitors.set(link, { session });
    }
    return known.map(([link]) => link);
  }

  /** True of who must not be let in. */
  isBanned(visitor: Visitor): boolean {
    return isKeptOut(this.#bans, visitor);
  }

  /** From now on these are kept out. Those of them who are here. */
  ban(bans: Bans): readonly Link[] {
    this.#bans = bans;
    return [...this.#visitors].filter(([, visitor]) => this.isBanned(visitor)).map(([link]) => link);
  }

  #remember(session: SessionId, address: string): void {
    this.#addresses.delete(session);
    this.#addresses.set(session, address);
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= GONE_REMEMBERED) return;
      this.#addresses.delete(oldest);
    }
  }
}
