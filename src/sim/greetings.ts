import type { Position } from "../core/audio/position.ts";
import { BEFORE_ALL } from "../core/audio/position.ts";
import type { LocalTime } from "../core/ids.ts";
import type { Message } from "../core/tree/down/greeting.ts";
import type { Greeting } from "../core/tree/down/links-below.ts";
import type { Joiner } from "./calls.ts";
import { bytesIn } from "./carried.ts";
import type { Host } from "./host.ts";
import type { Measures } from "./measures.ts";
import type { NodeMind } from "./minds.ts";

/** So many greetings are remembered, by where one stood and where he stands then. A power of two. */
const REMEMBERED = 4_096;

/** Who was greeted, and with what; steady if he hears now like others. Stands at the last chunk that he was sent. */
type Newcomer = Position & { readonly isSteady: boolean; readonly greeted: readonly Message[] };

/** One who was greeted: where he stood, what he was sent, and what he heard of it. */
export type Greeted = {
  readonly from: Position;
  readonly messages: readonly Message[];
  /** Which of them was the first sound. */
  readonly soundAt: number;
  readonly chunks: number;
  readonly soundMs: number;
  readonly gaps: number;
  /** Where he stands then. */
  readonly through: Position;
};

/**
 * Who is sent the very words that another was sent who stood where he stands, hears the same, and ends where the other did: so he sits at once
 * with who stands there, and his leaf's mind is told of him as of one who needs no link. What is said to him his own leaf's mind says; when he
 * came, what that cost and when he hears are his own. Thousands of leaves say the same few greetings to each second of an evening's newcomers.
 */
export class Greetings {
  readonly #known = new Array<Greeted | undefined>(REMEMBERED).fill(undefined);
  #chunks = 0;
  #soundMs = 0;
  #gaps = 0;

  /** One is about to be greeted. */
  begin({ chunks, soundMs, gaps }: Measures): void {
    this.#chunks = chunks;
    this.#soundMs = soundMs;
    this.#gaps = gaps;
  }

  /** He was greeted, if he hears now. */
  learn(from: Position = BEFORE_ALL, ear: Newcomer, { chunks, soundMs, gaps }: Measures): void {
    if (!ear.isSteady) return;
    const messages = ear.greeted;
    this.#known[slotOf(from, ear)] = {
      from,
      messages,
      soundAt: messages.findIndex((message) => typeof message !== "string"),
      chunks: chunks - this.#chunks,
      soundMs: soundMs - this.#soundMs,
      gaps: gaps - this.#gaps,
      through: { epoch: ear.epoch, sequence: ear.sequence },
    };
  }

  /** As whom `joiner` is greeted; undefined if nobody was greeted so, or he is to be a link of his own. */
  alike(joiner: Joiner, from: Position | undefined, mind: NodeMind, now: LocalTime): Greeted | undefined {
    if (joiner.line !== undefined || joiner.watcher !== undefined) return undefined;
    const greeting = mind.down.greeting(from, now);
    if (greeting === undefined) return undefined;
    const stood = from ?? BEFORE_ALL;
    const known = this.#known[slotOf(stood, greeting.through)];
    return known !== undefined && isSame(known.from, stood) && isSaid(known.messages, greeting) ? known : undefined;
  }

  /** He is greeted as this one was. */
  repeat({ messages, soundAt, chunks, soundMs, gaps }: Greeted, joiner: Joiner, leaf: Host): void {
    const { server, ground } = leaf;
    const { measures } = ground;
    for (let index = 0; index < messages.length; index++) {
      const costMs = server.send(bytesIn(messages[index] ?? ""), 1);
      if (index === soundAt) joiner.sounds(server.instant - costMs + joiner.delayMs);
    }
    measures.messages += messages.length;
    measures.chunks += chunks;
    measures.soundMs += soundMs;
    measures.gaps += gaps;
  }
}

function slotOf(from: Position, through: Position): number {
  return (through.sequence + 61 * from.sequence) & (REMEMBERED - 1);
}

function isSame(one: Position, other: Position): boolean {
  return one.sequence === other.sequence && one.epoch === other.epoch;
}

function isSaid(messages: readonly Message[], { welcome, sound }: Greeting): boolean {
  if (messages.length !== sound.length + 1 || messages[0] !== welcome) return false;
  for (let index = 0; index < sound.length; index++) if (messages[index + 1] !== sound[index]) return false;
  return true;
}
