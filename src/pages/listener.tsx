import type { Words } from "../core/say/words.ts";
import type { RoomPhase } from "../core/wire/messages.ts";
import { Layout, NeedsScript } from "./layout.tsx";

export type ListenerProps = {
  readonly words: Words;
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly listeners: number;
};

/** `/rooms/:room`: one big button. */
export function ListenerPage({ words, room, title, phase, listeners }: ListenerProps) {
  const say = words.listener;
  return (
    <Layout words={words} title={`${title} — Canopy`} description={say.description(title)} island="listener">
      <div class="listen" data-island="listener" data-room={room} data-title={title} data-phase={phase}>
        <p class="badges">
          <span class="badge" data-part="badge" data-phase={phase}>
            {words.people.phase[phase]}
          </span>
          <span class="count" data-part="count" hidden={listeners === 0}>
            {words.people.listening(listeners)}
          </span>
        </p>
        <h1 data-part="title">{title}</h1>
        <ul class="speakers" data-part="speakers" aria-label={say.onAir} />
        <button class="big" type="button" data-part="listen" disabled aria-describedby="status">
          <svg viewBox="0 0 24 24" aria-hidden="true" data-part="icon">
            <path class="play" d="M8 5.2v13.6l11-6.8Z" />
            <path class="pause" d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" />
          </svg>
          <span data-part="listen-label">{say.listen}</span>
        </button>
        <p class="status" id="status" data-part="status" role="status" aria-live="polite">
          {phase === "ended" ? say.over : phase === "quiet" ? say.notYet : say.onAirNow}
        </p>
        <p class="note warn" data-part="notice" hidden />
        <button class="chip" type="button" data-part="go-live" hidden>
          {say.behind("5")}
        </button>
        <div class="volume" data-part="volume" hidden>
          <button class="plain" type="button" data-part="mute" aria-pressed="false">
            {say.mute}
          </button>
          <input type="range" min={0} max={100} value={100} data-part="volume-range" aria-label={say.volume} />
        </div>
        <p class="hint" data-part="keys" hidden>
          <kbd>{say.keys.space}</kbd> {say.keys.spaceDoes} · <kbd>M</kbd> {say.keys.mDoes}
        </p>
        <NeedsScript words={words} what={say.listeningNeeds} />
      </div>
    </Layout>
  );
}
