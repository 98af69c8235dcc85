import type { ListenerSays } from "../core/wire/listener-says.ts";
import type { You } from "../core/wire/messages.ts";
import type { Hearing } from "./hearing.ts";

/** A listener's hand as he wants it: up until he lowers it or the room answers, over lost connections and reloads. */
export class Hand {
  readonly #key: string;
  readonly #say: (said: ListenerSays) => boolean;
  #name: string | undefined;
  /** The welcome after which it was said, so that each new leaf hears it once. */
  #saidAfter: number | undefined;
  #you: You | undefined;

  /** @param say tells the room's people; false if there is no line */
  constructor(room: string, say: (said: ListenerSays) => boolean) {
    this.#key = `canopy:${room}:hand`;
    this.#say = say;
    this.#name = sessionStorage.getItem(this.#key) ?? undefined;
  }

  /** Whether it is up, as far as this page wants. */
  get isUp(): boolean {
    return this.#name !== undefined;
  }

  raise(name: string): void {
    this.#want(name);
    this.#saidAfter = undefined;
  }

  /** Also says no to an invitation. */
  lower(): void {
    this.#want(undefined);
    this.#say({ type: "hand", raised: false, name: "" });
  }

  /** Follows what is known; an answer that has just come is given back, for the page to act on. */
  follow(hearing: Hearing): You | undefined {
    const { you } = hearing;
    const isNew = you !== undefined && you !== this.#you;
    this.#you = you;
    if (isNew && you.hand !== "raised") this.#want(undefined);
    if (this.#name !== undefined && hearing.link === "open" && hearing.room !== undefined && this.#saidAfter !== hearing.welcomes) {
      if (this.#say({ type: "hand", raised: true, name: this.#name })) this.#saidAfter = hearing.welcomes;
    }
    return isNew ? you : undefined;
  }

  #want(name: string | undefined): void {
    this.#name = name;
    if (name === undefined) sessionStorage.removeItem(this.#key);
    else sessionStorage.setItem(this.#key, name);
  }
}
