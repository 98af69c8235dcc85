import { whenIn } from "../../core/say/when.ts";
import { announce, type WantedSchedule } from "../page/api.ts";
import { part, write, writeOrHide } from "../page/parts.ts";
import { sayNo, words } from "../page/words.ts";
import type { Studio } from "../stage/studio.ts";
import { ScheduleFields } from "./schedule-form.ts";

const say = words.doors.studio;

/** The studio's card in which an evening is announced, put off, called off, and its doors are opened before their time. */
export class ScheduleCard {
  readonly #room: string;
  readonly #ticket: string;
  readonly #fields = new ScheduleFields();
  readonly #says = part("schedule-says", HTMLElement);
  readonly #problem = part("schedule-problem", HTMLElement);
  readonly #done = part("schedule-done", HTMLElement);
  #filledFor: number | undefined;

  /** @param openDoors asks it of the room; the answer comes as a state */
  constructor(room: string, ticket: string, openDoors: () => void) {
    this.#room = room;
    this.#ticket = ticket;
    this.#fields.asked = true;
    part("open-doors", HTMLButtonElement).onclick = openDoors;
    part("call-off", HTMLButtonElement).onclick = () => void this.#send({ cancel: true });
    part("schedule-form", HTMLFormElement).onsubmit = (event) => {
      event.preventDefault();
      const { wanted } = this.#fields;
      if (wanted !== undefined) void this.#send(wanted);
    };
  }

  /** @param isShown whether this page's owner runs the room, and it is not over */
  show({ schedule: told, room }: Studio, isShown: boolean): void {
    part("schedule", HTMLElement).hidden = !isShown || told === undefined;
    if (told === undefined) return;
    const { schedule } = told;
    const isClosed = schedule !== undefined && schedule.openedAt === undefined;
    if (schedule === undefined) write(this.#says, say.none);
    else if (isClosed) write(this.#says, say.opens(whenIn(words.language, schedule.opensAt, schedule.timeZone)));
    else write(this.#says, say.opened(whenIn(words.language, schedule.openedAt ?? schedule.opensAt, schedule.timeZone)));
    part("open-doors", HTMLButtonElement).hidden = !isClosed;
    part("call-off", HTMLButtonElement).hidden = !isClosed;
    // While somebody is on air there is nothing to be announced.
    part("reschedule", HTMLElement).hidden = room?.phase === "live";
    if (schedule === undefined || schedule.changedAt === this.#filledFor) return;
    this.#filledFor = schedule.changedAt;
    this.#fields.fill(schedule);
  }

  async #send(wanted: WantedSchedule | { readonly cancel: true }): Promise<void> {
    writeOrHide(this.#done, undefined);
    const no = await announce(this.#room, this.#ticket, wanted);
    writeOrHide(this.#problem, no === undefined ? undefined : sayNo({ code: no.code, says: no.detail }));
    if (no === undefined && "opensAt" in wanted) writeOrHide(this.#done, say.saved);
  }
}
