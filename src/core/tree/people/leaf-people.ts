import type { LocalTime, SessionId } from "../../ids.ts";
import { unreachable } from "../../unreachable.ts";
import type { Ask } from "./asks.ts";
import { parseBans } from "./bans.ts";
import { ListenerAsks } from "./listener-asks.ts";
import type { ListenerRefusal, ListenerSays } from "./listener-says.ts";
import type { Reaction } from "./reactions.ts";
import { type Visitor, Visitors } from "./visitors.ts";

/** Taps of one listener that count within a second; what is beyond them is a stuck finger, or a script, and told to nobody. */
const TAPS_PER_SECOND = 5;

/** What a leaf must still know of a listener after a sleep. */
export type KeptPerson = Visitor & { readonly isHearing?: boolean; readonly isRaised?: boolean };

/** What becomes of what a listener said. `kept`: what is to be remembered with his socket has changed. */
export type Heard =
  | { readonly do: "ask"; readonly ask: Ask; readonly kept: boolean }
  | { readonly do: "react"; readonly reaction: Reaction }
  | { readonly do: "refuse"; readonly code: ListenerRefusal }
  | { readonly do: "nothing"; readonly kept: boolean };

const NOTHING = { do: "nothing", kept: false } as const;

/** A leaf's listeners as people: who is who, who hears, what they tap and ask. Who never says anything and has no session costs nothing here. */
export class LeafPeople<Link> {
  readonly #visitors = new Visitors<Link>();
  readonly #asks: ListenerAsks<Link>;
  readonly #hearing = new Set<Link>();
  readonly #taps = new Map<Link, { since: LocalTime; count: number }>();
  /** The bans that were obeyed last, as text. */
  #obeyed: string | undefined;

  /** @param order above that of every ask of an earlier life of this leaf */
  constructor(leaf: string, order: number) {
    this.#asks = new ListenerAsks(leaf, order);
  }

  /** Listeners whose player said that sound comes out. */
  get hearing(): number {
    return this.#hearing.size;
  }

  /** True while seconds must pass: somebody is gone whose hand is up. */
  get waits(): boolean {
    return this.#asks.waits;
  }

  /** A listener came, or outlived a sleep. */
  come(link: Link, { isHearing, isRaised, ...visitor }: KeptPerson): void {
    this.#visitors.come(link, visitor);
    if (isHearing === true) this.#hearing.add(link);
    if (visitor.session === undefined) return;
    this.#asks.came(visitor.session);
    if (isRaised === true) this.#asks.restore(visitor.session);
  }

  /** A listener is gone. */
  leave(link: Link): void {
    this.#hearing.delete(link);
    this.#taps.delete(link);
    const session = this.#visitors.leave(link)?.session;
    if (session !== undefined && this.#visitors.linksOf(session).size === 0) this.#asks.left(session);
  }

  /** What is to be remembered with a listener's socket. */
  kept(link: Link): KeptPerson {
    const visitor = this.#visitors.of(link) ?? {};
    const isRaised = visitor.session !== undefined && this.#asks.isRaised(visitor.session);
    return { ...visitor, ...(this.#hearing.has(link) ? { isHearing: true } : {}), ...(isRaised ? { isRaised } : {}) };
  }

  /** The sockets of a session. */
  linksOf(session: SessionId): readonly Link[] {
    return [...this.#visitors.linksOf(session)];
  }

  /** The room says something to this session. The sockets of it that are here. */
  whisperTo(session: SessionId): readonly Link[] {
    const links = this.linksOf(session);
    if (links.length > 0) this.#asks.answered(session);
    return links;
  }

  /** There is a new key to addresses. Those of whom other things are to be remembered now. */
  forgetAddresses(): readonly Link[] {
    return this.#visitors.forgetAddresses();
  }

  /** True of who must not be let in. */
  isBanned(visitor: Visitor): boolean {
    return this.#visitors.isBanned(visitor);
  }

  /** The room's newest bans, as text: from now on these are kept out. Those of them who are here; undefined where these were obeyed before. */
  obey(text: string | undefined): readonly Link[] | undefined {
    if (text === undefined || text === this.#obeyed) return undefined;
    this.#obeyed = text;
    const bans = parseBans(text);
    return bans === undefined ? [] : this.#visitors.ban(bans);
  }

  /** The room sends a session away. Where it came from, if the room wants to know that and it is known. */
  remove(session: SessionId, wantsAddress: boolean): Ask | undefined {
    this.#asks.forget(session);
    const address = wantsAddress ? this.#visitors.addressOf(session) : undefined;
    return address === undefined ? undefined : this.#asks.address(session, address);
  }

  /** A listener said something that could be read. @param random luck from [0, 1) */
  said(link: Link, says: ListenerSays, now: LocalTime, random: number): Heard {
    const session = this.#visitors.of(link)?.session;
    switch (says.type) {
      case "hearing":
        return this.#hears(link, says.hearing);
      case "react":
        return this.#tap(link, now) ? { do: "react", reaction: says.reaction } : NOTHING;
      case "hand": {
        if (session === undefined) return { do: "refuse", code: "no-identity" };
        return asked(this.#asks.hand(link, session, says.raised, says.name, now, random), true);
      }
      case "question": {
        if (session === undefined) return { do: "refuse", code: "no-identity" };
        return asked(this.#asks.question(session, says.id, says.name, says.text, now, random), false);
      }
      default:
        return unreachable(says);
    }
  }

  /** A second has passed. The hands of those who did not come back. */
  second(random: number): readonly Ask[] {
    return this.#asks.second(random);
  }

  #hears(link: Link, isHearing: boolean): Heard {
    if (this.#hearing.has(link) === isHearing) return NOTHING;
    if (isHearing) this.#hearing.add(link);
    else this.#hearing.delete(link);
    return { do: "nothing", kept: true };
  }

  /** True of a tap that counts. */
  #tap(link: Link, now: LocalTime): boolean {
    const taps = this.#taps.get(link);
    if (taps === undefined || now - taps.since >= 1_000) {
      this.#taps.set(link, { since: now, count: 1 });
      return true;
    }
    return ++taps.count <= TAPS_PER_SECOND;
  }
}

function asked(ask: Ask | ListenerRefusal | undefined, kept: boolean): Heard {
  if (ask === undefined) return NOTHING;
  return typeof ask === "string" ? { do: "refuse", code: ask } : { do: "ask", ask, kept };
}
