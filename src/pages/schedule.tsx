import { MOST_EXPECTED, MOST_MINUTES } from "../core/room/schedule.ts";
import { whenIn } from "../core/say/when.ts";
import type { Words } from "../core/say/words.ts";
import { MAX_ABOUT, MAX_NAME } from "../core/text.ts";
import { Icon } from "./icons.tsx";

/** What is announced of an evening, as its page shows it. `opensAt`: ISO 8601. */
export type AnnouncedShown = {
  readonly opensAt: string;
  readonly timeZone: string;
  readonly minutes?: number;
  readonly about?: string;
  readonly speakers: readonly string[];
};

export type AnnouncementProps = {
  readonly words: Words;
  readonly room: string;
  readonly schedule: AnnouncedShown | undefined;
  /** While the doors are closed. */
  readonly isClosed: boolean;
};

/** When the doors open, in the room's own zone first: it says so without any script, and with one it counts down and tells the reader's own time. */
export function Announcement({ words, room, schedule, isClosed }: AnnouncementProps) {
  const say = words.doors;
  const { opensAt = "", timeZone = "", minutes, about, speakers = [] } = schedule ?? {};
  return (
    <>
      <p class="about" data-part="about" dir="auto" hidden={about === undefined}>
        {about}
      </p>
      <section
        class="doors card stack"
        data-part="doors"
        data-opens-at={opensAt}
        data-zone={timeZone}
        aria-labelledby="doors-title"
        hidden={!isClosed}
      >
        <h2 id="doors-title">{say.title}</h2>
        {/* A timer is read when it is asked for; an output would be read aloud each second. */}
        <p class="countdown" role="timer" data-part="countdown" hidden />
        <p class="sr" role="status" aria-live="polite" data-part="countdown-says" />
        <p>
          <time datetime={opensAt} data-part="opens">
            {opensAt === "" ? "" : whenIn(words.language, Date.parse(opensAt), timeZone)}
          </time>
          {minutes !== undefined && <small> · {say.takes(minutes)}</small>}
        </p>
        <p class="yours" data-part="opens-here" hidden />
        {speakers.length > 0 && (
          <div>
            <h3>{say.speakers}</h3>
            <ul class="announced" dir="auto">
              {speakers.map((name) => (
                <li>{name}</li>
              ))}
            </ul>
          </div>
        )}
        <p>
          <a class="button" href={`/rooms/${room}/event.ics`} download={`${room}.ics`}>
            <Icon name="calendar" />
            {say.calendar}
          </a>
        </p>
      </section>
    </>
  );
}

/** The fields of a schedule: on the home page for a new room, in the studio for another time. */
export function ScheduleFields({ words }: { readonly words: Words }) {
  const say = words.doors.form;
  return (
    <>
      <div class="pair">
        <label class="field">
          <span>{say.date}</span>
          <input type="date" name="date" data-part="schedule-date" />
        </label>
        <label class="field">
          <span>{say.time}</span>
          <input type="time" name="time" data-part="schedule-time" />
        </label>
      </div>
      <label class="field">
        <span>{say.zone}</span>
        <select name="zone" data-part="schedule-zone" />
      </label>
      <label class="field">
        <span>
          {say.speakers} <em>{words.welcome.optional}</em>
        </span>
        <input name="speakers" maxlength={MAX_NAME * 12} autocomplete="off" dir="auto" data-part="schedule-speakers" />
        <small>{say.speakersHint}</small>
      </label>
      <label class="field">
        <span>
          {say.about} <em>{words.welcome.optional}</em>
        </span>
        <textarea name="about" rows={2} maxlength={MAX_ABOUT} dir="auto" data-part="schedule-about" />
      </label>
      <div class="pair">
        <label class="field">
          <span>
            {say.minutes} <em>{words.welcome.optional}</em>
          </span>
          <input type="number" inputmode="numeric" name="minutes" min={1} max={MOST_MINUTES} step={1} data-part="schedule-minutes" />
        </label>
        <label class="field">
          <span>
            {say.expect} <em>{words.welcome.optional}</em>
          </span>
          <input type="number" inputmode="numeric" name="expect" min={0} max={MOST_EXPECTED} step={1} data-part="schedule-expect" />
        </label>
      </div>
      <small>{say.expectHint}</small>
    </>
  );
}
