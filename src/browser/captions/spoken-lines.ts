import { legible, MAX_CAPTION } from "../../core/text.ts";
import type { Voiced } from "./talkspurts.ts";

/** A line that begins without anybody having noticed a voice began so long before its first word was recognized, in ms. */
const RECOGNIZED_MS = 800;
/** No line begins longer ago than this, in ms. */
const LONGEST_MS = 15_000;
/** While a line grows it is told this seldom, in ms: a reader's eye does not follow faster, and the room tells three times a second. */
const GROWS_MS = 400;

/** One line as it is told to the room; instants by this page's clock, in ms. */
export type SpokenLine = {
  readonly id: string;
  readonly text: string;
  readonly final: boolean;
  readonly from: number;
  readonly to: number;
};

/** What a recognizer has understood: what is certain now, and what is not yet. */
export type Understood = { readonly finals: readonly string[]; readonly interim: string };

type Open = { readonly id: string; readonly from: number; text: string; toldAt: number };

/** Makes lines of captions of what a recognizer understands: each with a name of its own, and with when it was said. Knows no clock. */
export class SpokenLines {
  readonly #base: string;
  #count = 0;
  #open: Open | undefined;
  #saidTo = Number.NEGATIVE_INFINITY;

  /** @param base a few letters of base64url that no other page of this speaker begins its names with */
  constructor(base: string) {
    this.#base = base;
  }

  /** @returns lines to be told now, in order */
  understood({ finals, interim }: Understood, voiced: Voiced | undefined, now: number): readonly SpokenLine[] {
    const told = finals.flatMap((text) => this.#final(legible(text), voiced, now));
    const text = newestOf(legible(interim));
    if (text === "") return told;
    const line = this.#begun(voiced, now);
    const isNews = text !== line.text;
    line.text = text;
    if (!isNews || now - line.toldAt < GROWS_MS) return told;
    line.toldAt = now;
    return [...told, { id: line.id, text, final: false, from: line.from, to: now }];
  }

  /** The recognizer hears nothing more: what it was not certain of stays as it is. */
  end(voiced: Voiced | undefined, now: number): readonly SpokenLine[] {
    return this.#open === undefined ? [] : this.#final(this.#open.text, voiced, now);
  }

  #final(text: string, voiced: Voiced | undefined, now: number): readonly SpokenLine[] {
    if (text === "") return [];
    const first = this.#begun(voiced, now);
    this.#open = undefined;
    const to = Math.max(first.from, voiced !== undefined && voiced.to > first.from ? Math.min(now, voiced.to) : now);
    this.#saidTo = to;
    const pieces = piecesOf(text);
    // A long one is several lines, each with its share of the time.
    const eachMs = (to - first.from) / pieces.length;
    return pieces.map((piece, index) => {
      const from = first.from + index * eachMs;
      return { id: index === 0 ? first.id : this.#name(), text: piece, final: true, from, to: from + eachMs };
    });
  }

  #begun(voiced: Voiced | undefined, now: number): Open {
    if (this.#open !== undefined) return this.#open;
    const from = voiced !== undefined && voiced.from > this.#saidTo ? voiced.from : now - RECOGNIZED_MS;
    const after = Math.min(now, Math.max(from, this.#saidTo, now - LONGEST_MS));
    this.#open = { id: this.#name(), from: after, text: "", toldAt: Number.NEGATIVE_INFINITY };
    return this.#open;
  }

  #name(): string {
    return `${this.#base}-${++this.#count}`;
  }
}

/** The newest words of a text that is longer than a line. */
function newestOf(text: string): string {
  const letters = [...text];
  if (letters.length <= MAX_CAPTION) return text;
  const tail = letters.slice(1 - MAX_CAPTION).join("");
  return `…${tail.slice(tail.indexOf(" ") + 1)}`;
}

/** A text as lines, cut between words. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = [...text];
  while (rest.length > MAX_CAPTION) {
    const space = rest.lastIndexOf(" ", MAX_CAPTION);
    const cut = space > 0 ? space : MAX_CAPTION;
    pieces.push(rest.slice(0, cut).join("").trim());
    rest = [...rest.slice(cut).join("").trim()];
  }
  return [...pieces, rest.join("")].filter((piece) => piece !== "");
}
