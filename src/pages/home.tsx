import { KEEP_DAYS } from "../core/room/recording.ts";
import type { Words } from "../core/say/words.ts";
import { Layout, NeedsScript } from "./layout.tsx";
import { Lobby, type LobbyRoom } from "./lobby.tsx";
import { ScheduleFields } from "./schedule.tsx";

export type HomeProps = {
  readonly words: Words;
  /** The page's own address. */
  readonly address: string;
  /** True where anybody may make a room; else the form asks for the deployment's create key. */
  readonly openCreate: boolean;
  /** True where this deployment has somewhere to keep a recording. */
  readonly recordable: boolean;
  /** What the lobby shows now. */
  readonly rooms: readonly LobbyRoom[];
};

/** `/`: what this is, and a room in one step. */
export function HomePage({ words, address, openCreate, recordable, rooms }: HomeProps) {
  const say = words.welcome;
  return (
    <Layout words={words} title={say.title} description={say.description} island="home" address={address}>
      <section class="hero">
        <h1>{say.heading}</h1>
        <p class="lead">{say.lead}</p>
      </section>
      <div data-island="home">
        <form class="card stack" data-part="form">
          <h2>{say.make}</h2>
          <label class="field">
            <span>{say.about}</span>
            <input name="title" data-part="title" required maxlength={120} autocomplete="off" placeholder={say.aboutExample} />
          </label>
          <label class="field">
            <span>
              {say.name} <em>{say.optional}</em>
            </span>
            <input
              name="room"
              data-part="room"
              minlength={3}
              maxlength={64}
              pattern="[a-z0-9\-]{3,64}"
              title={say.nameRule}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              placeholder={say.nameExample}
            />
          </label>
          <label class="field" data-part="key-field" hidden={openCreate}>
            <span>{say.key}</span>
            <input name="key" type="password" autocomplete="off" />
            <small>{say.keyHint}</small>
          </label>
          <div class="checks">
            <label class="check">
              <input type="checkbox" name="listed" />
              <span>{say.listed}</span>
            </label>
            {recordable && (
              <>
                <label class="check">
                  <input type="checkbox" name="record" aria-describedby="record-says" />
                  <span>{say.record}</span>
                </label>
                <small id="record-says">{say.recordSays(words.panel.recording.days(KEEP_DAYS))}</small>
              </>
            )}
          </div>
          <details class="more" data-part="later">
            <summary>{words.doors.form.open}</summary>
            <div class="stack">
              <small>{words.doors.form.hint}</small>
              <ScheduleFields words={words} />
            </div>
          </details>
          <p class="note warn" data-part="problem" role="alert" hidden />
          <button class="primary" type="submit" data-part="create" disabled>
            {say.submit}
          </button>
          <NeedsScript words={words} what={say.making} />
        </form>
        <section class="card stack" data-part="made" hidden tabindex={-1} aria-labelledby="made-title">
          <h2 id="made-title">{say.ready}</h2>
          <LinkField words={words} name="page" label={say.listenerLink} />
          <LinkField words={words} name="broadcast" label={say.hostLink} hint={say.hostLinkHint} />
          <div class="stack" data-part="rescue" hidden>
            <LinkField words={words} name="rescue" label={words.rescue.link} hint={words.rescue.hint} />
            <details class="more">
              <summary>{words.rescue.another}</summary>
              <div class="stack">
                <LinkField words={words} name="second-rescue" label={words.rescue.second} hint={words.rescue.secondHint} />
              </div>
            </details>
          </div>
          <a class="button primary" data-part="open-studio" href="/">
            {say.openStudio}
          </a>
        </section>
      </div>
      <Lobby words={words} rooms={rooms} />
      <ul class="facts">
        {say.facts.map(([what, how]) => (
          <li>
            <b>{what}</b> {how}
          </li>
        ))}
      </ul>
      <p class="more-links">
        <a href="/api">{words.api.link}</a>
      </p>
    </Layout>
  );
}

/** A link that the script fills in, and the button that copies it: `name` names both. */
function LinkField({
  words,
  name,
  label,
  hint,
}: {
  readonly words: Words;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}) {
  return (
    <div class="field">
      <span id={`${name}-label`}>{label}</span>
      <div class="copy">
        <output data-part={`${name}-url`} aria-labelledby={`${name}-label`} />
        <button type="button" data-part={`copy-${name}`} aria-describedby={`${name}-label`}>
          {words.copy}
        </button>
      </div>
      {hint !== undefined && <small>{hint}</small>}
    </div>
  );
}
