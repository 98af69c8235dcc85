import { whenIn } from "../../core/say/when.ts";
import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** Who cannot see the countdown is told how long it is at these moments only, in minutes. */
const TOLD = [60, 30, 10, 5, 1];
/** After its time, doors that are not yet said to be open are asked about once, after a random wait of up to this, in ms. */
const ASK_WITHIN_MS = 3_000;

/** What of a time stands on the page: `1 day 03:04:05`. Whole seconds, rounded up: it shows 0 only once it is over. */
export function sayLeft(leftMs: number, say: (typeof words)["doors"] = words.doors): string {
  const seconds = Math.ceil(leftMs / 1_000);
  if (seconds <= 0) return say.left.soon;
  const two = (value: number): string => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${say.left.days(days)} ${two(hours)}:${clock}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}

/** The minutes that are told aloud as the time left falls from `beforeMs` to `leftMs`; undefined while there is nothing to tell. */
export function toldMinutes(beforeMs: number, leftMs: number): number | undefined {
  return TOLD.findLast((minutes) => leftMs <= minutes * 60_000 && leftMs > 0 && beforeMs > minutes * 60_000);
}

/** The part of a listener's page that waits for the doors. */
export class Countdown {
  readonly #section = part("doors", HTMLElement);
  readonly #countdown = part("countdown", HTMLElement);
  readonly #overdue: () => void;
  #opensAt: number | undefined;
  #leftMs = Number.POSITIVE_INFINITY;
  #isAsked = false;

  /** @param overdue called once, when doors should be open and nobody has said so */
  constructor(overdue: () => void) {
    this.#overdue = overdue;
    setInterval(() => this.#tick(), 1_000);
  }

  /** What the server knew when it wrote the page. */
  get opensAt(): number | undefined {
    const { opensAt = "" } = this.#section.dataset;
    return this.#section.hidden || opensAt === "" ? undefined : Date.parse(opensAt);
  }

  /** @param opensAt when the doors open, in ms since 1970; undefined once they are open */
  show(opensAt: number | undefined): void {
    if (opensAt === this.#opensAt) return;
    this.#opensAt = opensAt;
    this.#leftMs = Number.POSITIVE_INFINITY;
    this.#isAsked = false;
    this.#section.hidden = opensAt === undefined;
    if (opensAt === undefined) return;
    const { zone = "UTC" } = this.#section.dataset;
    const [there, here] = [whenIn(words.language, opensAt, zone), whenIn(words.language, opensAt)];
    write(part("opens", HTMLTimeElement), there);
    part("opens", HTMLTimeElement).dateTime = new Date(opensAt).toISOString();
    writeOrHide(part("opens-here", HTMLElement), here === there ? undefined : words.doors.yours(here));
    this.#tick();
  }

  #tick(): void {
    if (this.#opensAt === undefined) return;
    const leftMs = this.#opensAt - Date.now();
    const minutes = toldMinutes(this.#leftMs, leftMs);
    // What it begins with stands on the page already, and is no news.
    if (minutes !== undefined && Number.isFinite(this.#leftMs)) write(part("countdown-says", HTMLElement), words.doors.inMinutes(minutes));
    this.#leftMs = leftMs;
    writeOrHide(this.#countdown, sayLeft(leftMs));
    if (leftMs > 0 || this.#isAsked) return;
    this.#isAsked = true;
    setTimeout(() => this.#overdue(), Math.random() * ASK_WITHIN_MS);
  }
}
