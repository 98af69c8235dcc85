import type { RecordedPerson } from "../core/audio/recording.ts";
import type { Words } from "../core/say/words.ts";
import { Icon } from "./icons.tsx";
import { Layout, NeedsScript } from "./layout.tsx";
import { ShareButton, ShareSheet } from "./share.tsx";

/** Speeds that one may choose: slower ones are not what people ask for, and faster ones nobody follows for long. */
export const SPEEDS = [1, 1.25, 1.5, 1.75, 2] as const;

export type ReplayProps = {
  readonly words: Words;
  readonly room: string;
  readonly title: string;
  /** Who comes to listen needs an invitation. */
  readonly locked: boolean;
  /** What can be taken along, as far as it may be known without a ticket: for who has no script. */
  readonly files: RecordingFiles;
  /** The page's own address. */
  readonly address: string;
};

/** Who is heard in a recording, and whether there are captions. */
export type RecordingFiles = { readonly people: readonly Pick<RecordedPerson, "track" | "name">[]; readonly captioned: boolean };

/** `/rooms/:room/replay`: the room once more, from any moment, as long as it is kept. */
export function ReplayPage({ words, room, title, locked, files, address }: ReplayProps) {
  const say = words.replay;
  return (
    <Layout
      words={words}
      title={`${say.title(title)} — Canopy`}
      description={say.description(title)}
      island="replay"
      address={address}
      actions={<ShareButton words={words} />}
    >
      <div class="replay" data-island="replay" data-room={room} data-title={title} data-address={address}>
        <header class="stack">
          <p class="badges">
            <span class="badge">{say.badge}</span>
            <span class="tag" data-part="locked" hidden={!locked}>
              <Icon name="lock" />
              {words.listener.private}
            </span>
            <a class="count" href={`/rooms/${room}`}>
              {say.room}
            </a>
          </p>
          <h1 data-part="title" dir="auto">
            {title}
          </h1>
          <p class="count" data-part="when" hidden />
          <p class="count" data-part="kept" hidden />
        </header>
        <p class="note row between" data-part="resume" hidden>
          <span data-part="resume-says" />
          <span class="row">
            <button type="button" data-part="resume-go">
              {say.goOn}
            </button>
            <button class="round plain" type="button" data-part="resume-no" aria-label={say.notNow}>
              <Icon name="close" />
            </button>
          </span>
        </p>
        <section class="card stack" data-part="nothing" tabindex={-1} hidden>
          <h2 data-part="nothing-title">{say.none.title}</h2>
          <p data-part="nothing-says" />
          <p>
            <a class="button" href={`/rooms/${room}`}>
              {say.room}
            </a>
          </p>
        </section>
        <div class="row wishes" data-part="wishes" hidden>
          <label class="check">
            <input class="switch" type="checkbox" data-part="skip" />
            {say.skip}
          </label>
          <button class="plain" type="button" data-part="copy-link">
            <Icon name="link" />
            <span data-part="copy-label">{say.copyLink}</span>
          </button>
        </div>
        <section class="card stack" data-part="who" aria-labelledby="who-title" hidden>
          <h2 id="who-title">{say.who}</h2>
          <ul class="lanes" data-part="lanes" />
        </section>
        <section class="card stack" data-part="captions" aria-labelledby="captions-title" hidden>
          <div>
            <h2 id="captions-title">{say.captions}</h2>
            <p class="hint">{say.captionsHint}</p>
          </div>
          {/* Its lines are all there from the start, so nothing of it is read aloud over the voices. */}
          <div class="caption-lines" data-part="caption-lines" role="log" aria-labelledby="captions-title" tabindex={0} />
        </section>
        <details class="card fold" data-part="tracks" hidden={files.people.length === 0}>
          <summary>
            <h2>{say.tracks}</h2>
          </summary>
          <p class="hint">{say.tracksHint}</p>
          <ul class="tracks" data-part="track-list">
            {files.people.map(({ track, name }) => (
              <FileRow href={`/rooms/${room}/recording/${track}.ogg`} says={say.track(name)} />
            ))}
            {files.captioned && <FileRow href={`/rooms/${room}/recording/captions.vtt`} says={say.captionsFile} />}
          </ul>
        </details>
        <details class="hint keys" data-part="keys">
          <summary>{say.keys.title}</summary>
          <Keys words={words} />
        </details>
        <Deck words={words} />
        <NeedsScript words={words} what={say.what} />
        <ShareSheet words={words} room={room} title={title} address={address} />
      </div>
    </Layout>
  );
}

/** A file to take along, as `browser/replay/tracks.ts` goes on with it. */
function FileRow({ href, says }: { readonly href: string; readonly says: string }) {
  return (
    <li>
      <a href={href} download="">
        <Icon name="download" />
        <span dir="auto">{says}</span>
      </a>
    </li>
  );
}

/** What works the sound, in reach of the thumb. */
function Deck({ words }: { readonly words: Words }) {
  const say = words.replay;
  return (
    <section class="deck" data-part="deck" aria-label={say.badge}>
      <p class="note warn" data-part="notice" role="status" hidden />
      <div class="seek">
        <input
          type="range"
          min={0}
          max={1}
          step={1}
          value={0}
          data-part="seek"
          aria-label={say.seek}
          aria-valuetext={say.length(0)}
          disabled
        />
        <p class="times">
          <span data-part="at">0:00</span>
          <span class="status" data-part="status" role="status" aria-live="polite">
            {say.loading}
          </span>
          <span data-part="of" />
        </p>
      </div>
      <div class="controls">
        <select data-part="speed" aria-label={say.speed}>
          {SPEEDS.map((speed) => (
            <option value={speed}>{say.times(String(speed))}</option>
          ))}
        </select>
        <div class="transport">
          <button class="round plain" type="button" data-part="back" aria-label={say.back} disabled>
            <Icon name="back" />
          </button>
          <button class="big" type="button" data-part="play" disabled>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <use class="play" href="#i-play" />
              <use class="pause" href="#i-pause" />
            </svg>
            <span class="sr" data-part="play-label">
              {say.play}
            </span>
          </button>
          <button class="round plain" type="button" data-part="forward" aria-label={say.forward} disabled>
            <Icon name="forward" />
          </button>
        </div>
        <div class="volume">
          <button class="round plain" type="button" data-part="mute" aria-pressed="false" aria-label={words.listener.mute}>
            <Icon name="sound" />
          </button>
          <input type="range" min={0} max={100} value={100} data-part="volume-range" aria-label={words.listener.volume} />
        </div>
      </div>
    </section>
  );
}

function Keys({ words }: { readonly words: Words }) {
  const { keys } = words.replay;
  const rows = [
    [words.listener.keys.space, keys.space],
    ["← →", keys.arrows],
    ["J L", keys.letters],
    ["↖ ↘", keys.ends],
    [", .", keys.signs],
    ["M", keys.mute],
  ];
  return (
    <dl>
      {rows.map(([key, does]) => (
        <div>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
