import type { RoomPhase } from "../core/wire/messages.ts";
import { Layout, NeedsScript } from "./layout.tsx";

export type ListenerProps = {
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly listeners: number;
};

const BADGE: Record<RoomPhase, string> = { live: "Live", quiet: "Not on air", ended: "Over" };

/** `/rooms/:room`: one big button. */
export function ListenerPage({ room, title, phase, listeners }: ListenerProps) {
  return (
    <Layout title={`${title} — Canopy`} description={`Listen to “${title}” live.`} island="listener">
      <div class="listen" data-island="listener" data-room={room} data-title={title} data-phase={phase}>
        <p class="badges">
          <span class="badge" data-part="badge" data-phase={phase}>
            {BADGE[phase]}
          </span>
          <span class="count" data-part="count" hidden={listeners === 0}>
            {listeners} listening
          </span>
        </p>
        <h1 data-part="title">{title}</h1>
        <ul class="speakers" data-part="speakers" aria-label="On air" />
        <button class="big" type="button" data-part="listen" disabled aria-describedby="status">
          <svg viewBox="0 0 24 24" aria-hidden="true" data-part="icon">
            <path class="play" d="M8 5.2v13.6l11-6.8Z" />
            <path class="pause" d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" />
          </svg>
          <span data-part="listen-label">Listen</span>
        </button>
        <p class="status" id="status" data-part="status" role="status" aria-live="polite">
          {phase === "ended"
            ? "The room is over."
            : phase === "quiet"
              ? "The host is not on air yet. Press Listen and you will hear it as soon as it starts."
              : "On air now."}
        </p>
        <p class="note warn" data-part="notice" hidden />
        <button class="chip" type="button" data-part="go-live" hidden>
          Go live
        </button>
        <div class="volume" data-part="volume" hidden>
          <button class="plain" type="button" data-part="mute" aria-pressed="false">
            Mute
          </button>
          <input type="range" min={0} max={100} value={100} data-part="volume-range" aria-label="Volume" />
        </div>
        <p class="hint" data-part="keys" hidden>
          <kbd>Space</kbd> listen or pause · <kbd>M</kbd> mute
        </p>
        <NeedsScript what="Listening" />
      </div>
    </Layout>
  );
}
