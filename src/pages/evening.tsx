import type { Words } from "../core/say/words.ts";
import { Layout, NeedsScript } from "./layout.tsx";

export type EveningProps = { readonly words: Words; readonly room: string; readonly title: string; readonly locked: boolean };

/** `/rooms/:room/evening`: what became of the evening, for who ran it. The figures come with a ticket that never reaches the server here. */
export function EveningPage({ words, room, title, locked }: EveningProps) {
  const say = words.evening;
  return (
    <Layout words={words} title={say.pageTitle(title)} description={say.description} island="evening">
      <div class="evening stack" data-island="evening" data-room={room} data-locked={String(locked)}>
        <header>
          <h1>{say.heading}</h1>
          <p class="status" dir="auto">
            <a href={`/rooms/${room}`}>{title}</a>
          </p>
        </header>
        <p class="status" data-part="status" role="status" aria-live="polite">
          {say.opening}
        </p>
        <NeedsScript words={words} what={say.script} />
        <div class="stack" data-part="report" hidden>
          <section class="card stack">
            <dl class="figures" data-part="figures" />
            <p class="row no-print">
              <button type="button" class="primary" data-part="csv">
                {say.csv}
              </button>
            </p>
          </section>
          <section class="card stack no-print" data-part="tracks" aria-labelledby="tracks-title" hidden>
            <h2 id="tracks-title">{say.tracks}</h2>
            <p class="status">{say.tracksSay}</p>
            <ul class="tracks" data-part="track-list" />
            <p class="status">{say.export}</p>
          </section>
          <div class="plots" data-part="plots" />
          <details class="card" data-part="details">
            <summary>
              <h2>{say.table}</h2>
            </summary>
            <p class="status" data-part="by-minute" hidden>
              {say.byMinute}
            </p>
            {/* It scrolls sideways, for a keyboard too. */}
            <section class="wide" data-part="table" aria-label={say.table} tabindex={0} />
          </details>
        </div>
      </div>
    </Layout>
  );
}
