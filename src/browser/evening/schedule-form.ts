import { MOST_NAMES, readableNames } from "../../core/room/schedule.ts";
import { MAX_ABOUT, MAX_NAME, readable } from "../../core/text.ts";
import type { WantedSchedule } from "../page/api.ts";
import { checkField } from "../page/field-check.ts";
import { part } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** The fields by which an evening is announced (pages/schedule.tsx). */
export class ScheduleFields {
  readonly #date = part("schedule-date", HTMLInputElement);
  readonly #time = part("schedule-time", HTMLInputElement);
  readonly #zone = part("schedule-zone", HTMLSelectElement);
  readonly #minutes = part("schedule-minutes", HTMLInputElement);
  readonly #speakers = part("schedule-speakers", HTMLInputElement);
  readonly #about = part("schedule-about", HTMLTextAreaElement);
  readonly #expect = part("schedule-expect", HTMLInputElement);

  /** All zones that this browser knows, and its own one chosen. */
  constructor() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
    for (const zone of new Set([own, "UTC", ...known].filter((name) => name !== undefined).sort())) {
      this.#zone.append(new Option(zone.replaceAll("_", " "), zone, zone === own, zone === own));
    }
    this.#date.min = dayOf(new Date());
    const { speakersRule, aboutRule } = words.doors.form;
    checkField(this.#speakers, (text) => readableNames(namesIn(text)) !== undefined, speakersRule(MOST_NAMES, MAX_NAME));
    checkField(this.#about, (text) => readable(oneLine(text), MAX_ABOUT) !== undefined, aboutRule(MAX_ABOUT));
  }

  /**
   * Whether an evening is to be announced: then a day and a time must be given before the form can be sent. Else nothing that stands in these
   * fields keeps it from being sent: they may be folded away, where nobody would see why.
   */
  set asked(asked: boolean) {
    for (const field of [this.#date, this.#time, this.#zone, this.#minutes, this.#speakers, this.#about, this.#expect])
      field.disabled = !asked;
    this.#date.required = asked;
    this.#time.required = asked;
  }

  /** What stands in the fields; undefined without a day and a time. */
  get wanted(): WantedSchedule | undefined {
    if (this.#date.value === "" || this.#time.value === "") return undefined;
    const [minutes, expect, about] = [this.#minutes.valueAsNumber, this.#expect.valueAsNumber, oneLine(this.#about.value)];
    return {
      opensAt: `${this.#date.value}T${this.#time.value}`,
      timeZone: this.#zone.value,
      speakers: namesIn(this.#speakers.value),
      ...(Number.isNaN(minutes) ? {} : { minutes }),
      ...(Number.isNaN(expect) ? {} : { expect }),
      ...(about === "" ? {} : { about }),
    };
  }

  /** Shows what is announced, to be changed. `opensAt`: ms since 1970. */
  fill(known: Omit<WantedSchedule, "opensAt"> & { readonly opensAt: number }): void {
    const { opensAt, timeZone, minutes, about = "", speakers, expect } = known;
    const [day, time] = wallOf(opensAt, timeZone);
    this.#date.value = day;
    this.#time.value = time;
    if (![...this.#zone.options].some(({ value }) => value === timeZone)) this.#zone.append(new Option(timeZone));
    this.#zone.value = timeZone;
    this.#minutes.value = minutes === undefined ? "" : String(minutes);
    this.#expect.value = expect === undefined ? "" : String(expect);
    this.#about.value = about;
    this.#speakers.value = speakers.join(", ");
    // What was wrong with what stood there before is wrong no more.
    for (const field of [this.#about, this.#speakers]) field.dispatchEvent(new Event("input"));
  }
}

/** What was written in several lines, in one. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

/** Names with commas between them. */
export function namesIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** The day and the time that a clock in `timeZone` shows then, as form fields want them. */
function wallOf(at: number, timeZone: string): readonly [day: string, time: string] {
  // Swedish writes dates as ISO 8601 does.
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
  const [day = "", time = ""] = text.split(" ");
  return [day, time];
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}
