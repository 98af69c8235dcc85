import { parseSessionId, type SessionId } from "../../ids.ts";
import { type Fields, isCount, isFields, isNumber } from "../../json.ts";
import { MAX_NAME, MAX_QUESTION, readable } from "../../text.ts";
import { parseNodeName } from "../shape/plan.ts";
import { parseAddress } from "./bans.ts";

/**
 * What a listener wants of the room's people, on its way up the tree: a hand raised or lowered, or a question.
 *
 * Leaves and relays keep a fair, bounded sample of them: those with the least `luck`. So 100,000 askers cost what 100 do.
 */
export type Ask = {
  /** Of a question, the asker's own name for it; else given by the leaf. With the session it tells one ask from another. */
  readonly id: string;
  /** address: the answer to a `remove` that asked for it. */
  readonly kind: "hand" | "lower" | "question" | "address";
  readonly session: SessionId;
  /** What the listener calls himself; empty for `lower` and `address`. */
  readonly name: string;
  /** The question; the HMAC of an address; `gone` where a hand is lowered because its owner did not come back; else empty. */
  readonly text: string;
  /** 0 to 1, drawn by the leaf; the least are kept. */
  readonly luck: number;
  /** The leaf at which he is, by name. */
  readonly leaf: string;
  /** One more with each ask of that leaf, in all its lives: a later hand replaces an earlier one. Says nothing between leaves. */
  readonly order: number;
};

/** True of what is not to wait behind a crowd that asks: it takes something back, or somebody out. */
function isAhead({ kind }: Ask): boolean {
  return kind === "lower" || kind === "address";
}

/** Tells an ask that comes twice. */
export function keyOf({ session, id }: Ask): string {
  return `${session} ${id}`;
}

/** Which of two goes first: what takes back before what wants, then the one with less luck. A total order, so that every node chooses alike. */
export function byLuck(one: Ask, other: Ask): number {
  const ahead = Number(isAhead(other)) - Number(isAhead(one));
  if (ahead !== 0) return ahead;
  if (one.luck !== other.luck) return one.luck - other.luck;
  const [key, otherKey] = [keyOf(one), keyOf(other)];
  return key < otherKey ? -1 : Number(key > otherKey);
}

/**
 * A fair sample of at most `most`: those with the least luck, each once (`fairly`). Whoever is asked first, and in whatever groups, the same are left:
 * a sample of samples is the sample of all.
 */
export function sampleOf(asks: Iterable<Ask>, most: number): readonly Ask[] {
  const each = new Map<string, Ask>();
  for (const ask of asks) {
    const key = keyOf(ask);
    const known = each.get(key);
    if (known === undefined || byLuck(ask, known) < 0) each.set(key, ask);
  }
  return fairly([...each.values()].sort(byLuck), most, (ask) => ask);
}

/**
 * The first so many of what stands in order, but where others wait, what takes back fills no more than half: else a few who only ever lower
 * their hands would silence everybody.
 */
export function fairly<One>(ranked: readonly One[], most: number, askOf: (one: One) => Ask): readonly One[] {
  const [taken, spare]: [One[], One[]] = [[], []];
  let lowers = 0;
  for (const one of ranked) {
    if (taken.length === most) return taken;
    const isOver = askOf(one).kind === "lower" && ++lowers > most / 2;
    (isOver ? spare : taken).push(one);
  }
  return [...taken, ...spare.slice(0, most - taken.length)];
}

/** The only door for asks from below; undefined if one of them is none, or they are more than `most`. */
export function parseAsks(said: unknown, most: number): readonly Ask[] | undefined {
  if (!Array.isArray(said) || said.length > most) return undefined;
  const asks = said.map((one: unknown) => (isFields(one) ? parseAsk(one) : undefined));
  return asks.includes(undefined) ? undefined : asks.filter((ask) => ask !== undefined);
}

function parseAsk(said: Fields): Ask | undefined {
  const { id, luck, leaf, order } = said;
  const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
  const what = whatOf(said);
  if (typeof id !== "string" || !/^[A-Za-z0-9_.-]{1,128}$/.test(id) || session === undefined || what === undefined) return undefined;
  if (!isNumber(luck) || luck < 0 || luck > 1 || typeof leaf !== "string" || parseNodeName(leaf)?.level !== 0 || !isCount(order)) {
    return undefined;
  }
  return { id, session, luck, leaf, order, ...what };
}

function whatOf({ kind, name, text }: Fields): Pick<Ask, "kind" | "name" | "text"> | undefined {
  const called = readable(name, MAX_NAME);
  switch (kind) {
    case "hand":
      return called === undefined || text !== "" ? undefined : { kind, name: called, text };
    case "question": {
      const question = readable(text, MAX_QUESTION);
      return called === undefined || question === undefined ? undefined : { kind, name: called, text: question };
    }
    case "lower":
      return name === "" && (text === "" || text === "gone") ? { kind, name, text } : undefined;
    case "address": {
      const address = typeof text === "string" ? parseAddress(text) : undefined;
      return name === "" && address !== undefined ? { kind, name, text: address } : undefined;
    }
    default:
      return undefined;
  }
}
