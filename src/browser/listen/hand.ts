import type { ListenerSays } from "../../core/wire/listener-says.ts";
import type { You } from "../../core/wire/messages.ts";
import type { Hearing } from "./hearing.ts";

/** What the room has not answered is said again after so long, in ms, and by chance up to half as much later: not all of a crowd at once. */
const AGAIN_MS = 20_000;
/** Leaves let a hand change every 2 s: one that was lowered within these is lowered once more, in ms. */
const LOWER_AGAIN_MS = 2_500;

/** Where a wish is kept through a reload. */
type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A listener's hand as he wants it: up until he lowers it or the room answers, over lost connections and reloads. */
export class Hand {
  readonly #key: string;
  readonly #say: (said: ListenerSays) => boolean;
  readonly #storage: Kept;
  #name: string | undefined;
  /** The room has said that it is up: where very many ask, it hears only some. */
  #isHeard = false;
  /** The welcome after which it was said, so that each new leaf hears it once. */
  #saidAfter: number | undefined;
  #againAt = Number.POSITIVE_INFINITY;
  #you: You | undefined;

  /** @param say tells the room's people; false if there is no line */
  constructor(room: string, say: (said: ListenerSays) => boolean, storage: Kept = sessionStorage) {
    this.#key = `canopy:${room}:hand`;
    this.#say = say;
    this.#storage = storage;
    this.#name = storage.getItem(this.#key) ?? undefined;
  }

  /** rising: this page wants it up, and the room has not said that it is. */
  get stands(): "down" | "rising" | "up" {
    return this.#name === undefined ? "down" : this.#isHeard ? "up" : "rising";
  }

  raise(name: string): void {
    this.#want(name);
    this.#saidAfter = undefined;
  }

  /** Also says no to an invitation. */
  lower(now: number): void {
    this.#want(undefined);
    this.#say({ type: "hand", raised: false, name: "" });
    this.#againAt = now + LOWER_AGAIN_MS;
  }

  /**
   * Follows what is known; an answer that has just come is given back, for the page to act on.
   *
   * @param now ms of any clock
   * @param luck from [0, 1)
   */
  follow(hearing: Hearing, now: number, luck: number): You | undefined {
    const { you } = hearing;
    const isNew = you !== undefined && you !== this.#you;
    this.#you = you;
    if (isNew) this.#answered(you);
    if (hearing.link === "open" && hearing.room !== undefined) this.#repeat(hearing.welcomes, now, luck);
    return isNew ? you : undefined;
  }

  #answered({ hand }: You): void {
    if (hand !== "raised") {
      this.#want(undefined);
      this.#againAt = Number.POSITIVE_INFINITY;
    } else if (this.#name !== undefined) this.#isHeard = true;
  }

  #repeat(welcomes: number, now: number, luck: number): void {
    const isDue = now >= this.#againAt;
    if (this.#name === undefined) {
      if (isDue && this.#say({ type: "hand", raised: false, name: "" })) this.#againAt = Number.POSITIVE_INFINITY;
    } else if (this.#saidAfter !== welcomes || (isDue && !this.#isHeard)) {
      if (!this.#say({ type: "hand", raised: true, name: this.#name })) return;
      this.#saidAfter = welcomes;
      this.#againAt = now + AGAIN_MS * (1 + luck / 2);
    }
  }

  #want(name: string | undefined): void {
    this.#name = name;
    this.#isHeard = false;
    if (name === undefined) this.#storage.removeItem(this.#key);
    else this.#storage.setItem(this.#key, name);
  }
}
