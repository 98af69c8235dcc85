import { opensAtOf, plantAt } from "../../core/room/schedule.ts";
import type { RoomEvent } from "../../core/room/state.ts";
import type { Alarms } from "../alarms.ts";
import { log } from "../log.ts";
import type { Awake } from "./reign.ts";

/** Doors that the room's alarm opens, and the tree that it makes ready before. That they open once, the room's people decide (core/room/doors.ts). */
export class Doors {
  readonly #alarms: Alarms;
  readonly #awake: Awake;
  readonly #handle: (event: RoomEvent) => void;

  constructor(alarms: Alarms, awake: Awake, handle: (event: RoomEvent) => void) {
    this.#alarms = alarms;
    this.#awake = awake;
    this.#handle = handle;
  }

  /**
   * To be called when the room's object wakes, and whenever the schedule or the doors have changed: the alarm is set for what is to come. It is
   * set in the same turn in which the schedule is kept, so that the one is never stored without the other.
   */
  arrange(): void {
    const { people } = this.#awake;
    const isOver = people.phase === "ended" || this.#awake.record.movedTo !== undefined;
    const opensAt = isOver ? undefined : opensAtOf(people);
    const at = isOver ? undefined : plantAt(people);
    const plant = at !== undefined && at <= Date.now() && this.#isPlanted ? undefined : at;
    if (this.#alarms.at("doors") !== opensAt) this.#set("doors", opensAt);
    if (this.#alarms.at("plant") !== plant) this.#set("plant", plant);
  }

  /** For how many the tree will be made ready, and when; undefined where that is not to come. */
  get planned(): { readonly listeners: number; readonly at: number } | undefined {
    const at = this.#alarms.at("plant");
    const listeners = this.#awake.people.doors?.expect;
    return at === undefined || listeners === undefined ? undefined : { listeners, at };
  }

  readonly chores: Readonly<Record<"doors" | "plant", () => Promise<number | undefined>>> = {
    doors: async () => {
      this.#handle({ type: "time" });
      // An alarm that rang early is set anew.
      return opensAtOf(this.#awake.people);
    },
    plant: async () => {
      const { people, record, planting } = this.#awake;
      if (plantAt(people) === undefined) return undefined;
      // Who runs the room may have said meanwhile that more will come.
      const listeners = Math.max(people.doors?.expect ?? 0, planting.progress().expected);
      await planting.expect({ listeners, shares: {} }, { maxListeners: record.maxListeners ?? Number.POSITIVE_INFINITY });
      return undefined;
    },
  };

  /** The tree has been made ready for the crowd of this schedule, or for a larger one. */
  get #isPlanted(): boolean {
    const { expected } = this.#awake.planting.progress();
    return this.#awake.root.plan.planted && expected >= (this.#awake.people.doors?.expect ?? 0);
  }

  #set(chore: "doors" | "plant", at: number | undefined): void {
    void this.#alarms.set(chore, at).catch((fault: unknown) => log("alarm-not-set", { room: this.#awake.record.room, why: String(fault) }));
  }
}
