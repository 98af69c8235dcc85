import type { Words } from "../core/say/words.ts";
import type { RoomPhase } from "../core/wire/messages.ts";
import { Captions, CaptionsButton } from "./captions.tsx";
import { Icon } from "./icons.tsx";
import { Layout, NeedsScript } from "./layout.tsx";

export type EmbedProps = {
  readonly words: Words;
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  /** The room's own page. */
  readonly page: string;
};

/** `/embed/:room`: the sound and little else, in a frame of somebody else's page. */
export function EmbedPage({ words, room, title, phase, page }: EmbedProps) {
  const say = words.listener;
  return (
    <Layout words={words} title={`${title} — Canopy`} description={say.description(title)} island="embed" bare>
      <div class="embed card" data-island="embed" data-room={room} data-title={title} data-phase={phase}>
        <button class="big" type="button" data-part="listen" disabled aria-describedby="status">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <use class="play" href="#i-play" />
            <use class="pause" href="#i-pause" />
          </svg>
          <span class="sr" data-part="listen-label">
            {say.listen}
          </span>
        </button>
        <div class="embed-says">
          <p class="badges">
            <span class="badge" data-part="badge" data-phase={phase}>
              {words.people.phase[phase]}
            </span>
            <span class="count" data-part="count" hidden />
          </p>
          <h1 data-part="title" dir="auto">
            {title}
          </h1>
          <p class="status" id="status" data-part="status" role="status" aria-live="polite">
            {phase === "ended" ? say.over : phase === "quiet" ? say.notYet : say.onAirNow}
          </p>
          <p class="note warn" data-part="notice" hidden />
        </div>
        <CaptionsButton words={words} />
        <Captions words={words} />
        <a class="brand" href={page} target="_blank" rel="noopener" aria-label={`Canopy: ${say.embedOpen}`}>
          <Icon name="leaf" />
          Canopy
        </a>
        <NeedsScript words={words} what={say.listeningNeeds} />
      </div>
    </Layout>
  );
}
