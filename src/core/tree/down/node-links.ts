import { BEFORE_ALL } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import { slices } from "./greeting.ts";
import { END_TEXT, formatLink, formatLinked } from "./link.ts";
import type { DownEffect, Greeted, LinksBelow, Waiting } from "./links-below.ts";
import type { Part } from "./parts.ts";
import type { Standing } from "./standing.ts";
import type { KeptState } from "./states.ts";

/** Links to nodes that hand on: each is sent every chunk at once and alike, every state, and what nodes tell each other. */
export class NodeLinks<Link> implements LinksBelow<Link> {
  readonly stride = 1;
  readonly lateMs = 0;
  readonly slow = 0;
  readonly owes = false;
  readonly #standing: Standing;
  readonly #links = new Set<Link>();

  constructor(standing: Standing) {
    this.#standing = standing;
  }

  get live(): Iterable<Link> {
    return this.#links;
  }

  get size(): number {
    return this.#links.size;
  }

  has(link: Link): boolean {
    return this.#links.has(link);
  }

  add(link: Link): void {
    this.#links.add(link);
  }

  remove(link: Link): boolean {
    return this.#links.delete(link);
  }

  restored(): void {}

  greeting(): undefined {}

  /** Linked up once this node is fed: the plan and every state, what the child missed, and where this node stands. */
  greet(link: Link, { from = BEFORE_ALL }: Waiting, now: LocalTime): Greeted<Link> {
    const { feed, states, plan, epoch, isOpen, flows, ended } = this.#standing;
    if (!isOpen || plan === undefined) return { effects: [], through: undefined };
    const missed = feed.after(from).flatMap((part) => slices(part.bytes));
    const linked = formatLinked(feed.newest, feed.ageMs(now), flows);
    const messages = [formatLink(epoch, plan, states.texts()), ...missed, linked];
    const effects: DownEffect<Link>[] = messages.map((message) => ({ do: "send", to: link, message }));
    if (ended) effects.push(this.ending(link));
    return { effects, through: feed.newest };
  }

  heard(parts: readonly Part[]): readonly DownEffect<Link>[] {
    return parts.map(({ bytes }) => ({ do: "send-all", message: bytes }));
  }

  tell({ text }: KeptState): readonly DownEffect<Link>[] {
    return this.handOn(text);
  }

  handOn(text: string): readonly DownEffect<Link>[] {
    return [{ do: "send-all", message: text }];
  }

  release(): readonly DownEffect<Link>[] {
    return [];
  }

  deliver(): readonly DownEffect<Link>[] {
    return [];
  }

  second(): readonly DownEffect<Link>[] {
    return [];
  }

  /** Handed on, so that every leaf hears of it. */
  ending(link: Link): DownEffect<Link> {
    return { do: "send", to: link, message: END_TEXT };
  }
}
