import type { Room as People } from "../../../core/room/state.ts";
import type { Moved } from "../../../core/tree/shape/audience.ts";
import type { Env } from "../../env.ts";
import { audienceStub } from "../../locate.ts";
import { log } from "../../log.ts";
import type { RoomRecord } from "../room-store.ts";
import type { Root } from "../root/root.ts";
import { announced, legacyOf } from "./announced.ts";
import { Spaced } from "./spaced.ts";

/** What the room is, is noted for the public no more than so many times a second. */
const NOTES = 2;
/** A changed number of listeners is noted for the public after so long, in ms. */
const NOTE_MS = 5_000;

/** What there is to tell of, as it is now. */
export type Facts = { readonly record: RoomRecord; readonly people: People };

/** Tells the audience's object, which edges ask, what the public may know of the room: page views never come to the room. */
export class Notes {
  readonly #env: Env;
  readonly #root: Pick<Root, "listeners">;
  readonly #facts: () => Facts;
  readonly #outlive: (work: Promise<unknown>) => void;
  readonly #moved: (moved: Moved) => void;
  readonly #changes = new Spaced(NOTES, 1_000, () => void this.now());
  #later: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param outlive keeps the object awake until that work is done
   * @param moved called when the audience says that another room feeds it
   */
  constructor(
    env: Env,
    root: Pick<Root, "listeners">,
    facts: () => Facts,
    outlive: (work: Promise<unknown>) => void,
    moved: (moved: Moved) => void,
  ) {
    this.#env = env;
    this.#root = root;
    this.#facts = facts;
    this.#outlive = outlive;
    this.#moved = moved;
  }

  /** What the room is has changed. */
  soon(): void {
    this.#changes.soon();
  }

  /** How many listen may have changed. */
  later(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.now();
    }, NOTE_MS);
  }

  /** @returns when the audience has answered (true), or could not be reached; whether this room still feeds it is known then */
  async now(): Promise<boolean> {
    const { people, record } = this.#facts();
    const { room, listed, chunkMs, createdAt, plan } = record;
    const { title, phase, locked } = people;
    const here = [...people.speakers.values()].filter(({ connection }) => connection !== undefined);
    // Who speaks in a private room is for those who are let in.
    const speakers = locked ? {} : { speakers: here.map(({ name, role }) => ({ name, role })) };
    const told = { ...speakers, ...announced(people), recorded: people.recording?.any === true };
    const summary = { room, title, listed, chunkMs, createdAt, phase, listeners: this.#root.listeners, locked, ...told };
    const noted = audienceStub(this.#env, plan.audience)
      .note({ plan, summary })
      .then((moved) => {
        if (moved !== undefined) this.#moved(moved);
        return true;
      })
      .catch((fault: unknown) => {
        log("note-failed", { room, why: String(fault) });
        return false;
      });
    this.#outlive(noted);
    return noted;
  }

  /** Whom the room keeps out: a successor asks the audience, not this room. */
  keepOut(): void {
    const { people, record } = this.#facts();
    const outcasts = people.keptOut.map(({ session, name }) => ({ session, name }));
    const kept = audienceStub(this.#env, record.plan.audience)
      .keepOut(record.room, outcasts)
      .catch((fault: unknown) => log("bans-not-noted", { room: record.room, why: String(fault) }));
    this.#outlive(kept);
  }

  /** What a successor is to begin with; he too asks the audience. */
  bequeath(): void {
    const { people, record } = this.#facts();
    const left = audienceStub(this.#env, record.plan.audience)
      .bequeath(record.room, legacyOf(record, people.doors))
      .catch((fault: unknown) => log("legacy-not-noted", { room: record.room, why: String(fault) }));
    this.#outlive(left);
  }
}
