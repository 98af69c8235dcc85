import type { LocalTime, SessionId } from "../../ids.ts";
import type { Ask } from "./asks.ts";
import type { ListenerRefusal } from "./listener-says.ts";

/** A hand goes up or down at most once in this time, in ms. */
const HAND_MS = 2_000;
/** A session asks one question in this time, in ms. */
const QUESTION_MS = 10_000;
/** Whose last socket is gone for so long does not come back: his hand is lowered, in seconds. A player tries again within these, page or phone asleep aside. */
const GONE_SECONDS = 15;

/** What a leaf knows of a session that has asked something. */
type Person<Link> = {
  isRaised: boolean;
  /** The room has said something to him since he lowered it last: he may have been asked up without a hand, and says no like this. */
  isAnswered: boolean;
  handAt: number;
  /** The socket on which he spoke of his hand last. */
  handOn: Link | undefined;
  questionAt: number;
  /** Since his last socket went; undefined while he is here. */
  goneSeconds: number | undefined;
};

/** Hands and questions of one leaf's listeners, as asks; each session's limits, whatever it reconnects. */
export class ListenerAsks<Link> {
  readonly #leaf: string;
  readonly #people = new Map<SessionId, Person<Link>>();
  #order: number;

  /** @param order above that of every ask of an earlier life of this leaf */
  constructor(leaf: string, order: number) {
    this.#leaf = leaf;
    this.#order = order;
  }

  /** True while somebody who is gone may still come back, or has not been forgotten. */
  get waits(): boolean {
    for (const { goneSeconds } of this.#people.values()) if (goneSeconds !== undefined) return true;
    return false;
  }

  /** True while this session's hand is up, as far as this leaf knows. */
  isRaised(session: SessionId): boolean {
    return this.#people.get(session)?.isRaised === true;
  }

  /** A session is here whose hand was up before this leaf slept. */
  restore(session: SessionId): void {
    this.#personOf(session).isRaised = true;
  }

  /** A session has a socket here again. */
  came(session: SessionId): void {
    const person = this.#people.get(session);
    if (person !== undefined) person.goneSeconds = undefined;
  }

  /** A session's last socket is gone. */
  left(session: SessionId): void {
    const person = this.#people.get(session);
    if (person !== undefined) person.goneSeconds ??= 0;
  }

  /** The room says something to a session that is here. */
  answered(session: SessionId): void {
    this.#personOf(session).isAnswered = true;
  }

  /** The room sent this session away: what becomes of his hand, it knows. */
  forget(session: SessionId): void {
    this.#people.delete(session);
  }

  /**
   * A hand goes up or down. A raised hand may be raised again on a new socket: the room answers there how it stands.
   *
   * @returns undefined for what nobody needs to hear: a hand was lowered that was not up
   */
  hand(link: Link, session: SessionId, isRaised: boolean, name: string, now: LocalTime, luck: number): Ask | ListenerRefusal | undefined {
    const person = this.#personOf(session);
    const saysAgain = isRaised && person.isRaised && person.handOn !== link;
    if (!saysAgain && now - person.handAt < HAND_MS) return "too-often";
    if (!isRaised && !person.isRaised && !person.isAnswered) return undefined;
    if (!isRaised) person.isAnswered = false;
    person.isRaised = isRaised;
    person.handAt = now;
    person.handOn = link;
    return isRaised ? this.#ask("hand", session, name, "", luck) : this.#ask("lower", session, "", "", luck);
  }

  /** A question. */
  question(session: SessionId, id: string, name: string, text: string, now: LocalTime, luck: number): Ask | ListenerRefusal {
    const person = this.#personOf(session);
    if (now - person.questionAt < QUESTION_MS) return "too-often";
    person.questionAt = now;
    return this.#ask("question", session, name, text, luck, id);
  }

  /** The room wants to know where this session came from. */
  address(session: SessionId, address: string): Ask {
    return this.#ask("address", session, "", address, 0);
  }

  /** A second has passed. The hands of those who did not come back. */
  second(luck: number): readonly Ask[] {
    const lowered: Ask[] = [];
    for (const [session, person] of this.#people) {
      if (person.goneSeconds === undefined || ++person.goneSeconds < GONE_SECONDS) continue;
      this.#people.delete(session);
      if (person.isRaised) lowered.push(this.#ask("lower", session, "", "gone", luck));
    }
    return lowered;
  }

  #personOf(session: SessionId): Person<Link> {
    const known = this.#people.get(session);
    if (known !== undefined) return known;
    const [handAt, questionAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const person: Person<Link> = { isRaised: false, isAnswered: false, handAt, handOn: undefined, questionAt, goneSeconds: undefined };
    this.#people.set(session, person);
    return person;
  }

  #ask(kind: Ask["kind"], session: SessionId, name: string, text: string, luck: number, id?: string): Ask {
    const order = ++this.#order;
    return { id: id ?? `${this.#leaf}.${order}`, kind, session, name, text, luck, leaf: this.#leaf, order };
  }
}
