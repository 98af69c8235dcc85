import { isNumber, parseObject } from "../../json.ts";

/** Whom a state is for: nodes of the tree, who speaks, or all. Leaves hand on and greet with `all` only. */
export type Scope = "nodes" | "stage" | "all";

/** What every state says of itself; enough to order it and to know whom it is for, whatever its type. */
export type StateHead = { readonly type: string; readonly for: Scope; readonly revision: number; readonly roomTime: number };

/** The head of a state of any type, known or not; nothing if it is no state. */
export function parseStateHead(text: string): StateHead | undefined {
  const said = parseObject(text);
  if (said === undefined) return undefined;
  const { type, for: scope, revision, roomTime } = said;
  if (typeof type !== "string" || !isNumber(revision) || !isNumber(roomTime)) return undefined;
  return scope === "nodes" || scope === "stage" || scope === "all" ? { type, for: scope, revision, roomTime } : undefined;
}

/** A state as it travels: its text untouched, so that a node hands on types it does not know. */
export type KeptState = { readonly head: StateHead; readonly text: string };

/** How a state's head is read. */
type Reads = { head(text: string): StateHead | undefined };

/** The newest state of each type that a node has heard, in the order in which the types were first heard. */
export class States {
  readonly #newest = new Map<string, KeptState>();
  /** What newcomers are told, until a state changes: every join asks for it. */
  #forAll: readonly string[] | undefined;
  #revision = 0;
  readonly #texts: Reads;

  constructor(texts: Reads = { head: parseStateHead }) {
    this.#texts = texts;
  }

  /** Keeps `text` if it is a state and newer than the one of its type; undefined if it is neither. */
  hear(text: string): KeptState | undefined {
    const head = this.#texts.head(text);
    if (head === undefined) return undefined;
    const before = this.#newest.get(head.type);
    if (before !== undefined && before.head.revision >= head.revision) return undefined;
    const kept = { head, text };
    this.#newest.set(head.type, kept);
    this.#forAll = undefined;
    this.#revision = Math.max(this.#revision, head.revision);
    return kept;
  }

  /** Forgets all: their revisions are those of a root that is no more. */
  forget(): void {
    this.#newest.clear();
    this.#forAll = undefined;
    this.#revision = 0;
  }

  /** The newest state of a type, as text; undefined if none was heard. */
  textOf(type: string): string | undefined {
    return this.#newest.get(type)?.text;
  }

  /** Every newest state, as texts. */
  texts(): readonly string[] {
    return [...this.#newest.values()].map((kept) => kept.text);
  }

  /** The newest states that listeners may see, as texts. */
  forAll(): readonly string[] {
    this.#forAll ??= [...this.#newest.values()].filter((kept) => kept.head.for === "all").map((kept) => kept.text);
    return this.#forAll;
  }

  /** The highest revision of all. */
  get revision(): number {
    return this.#revision;
  }
}
