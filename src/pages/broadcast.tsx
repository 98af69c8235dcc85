import { Layout, NeedsScript } from "./layout.tsx";

export type BroadcastProps = { readonly room: string; readonly title: string };

/** `/rooms/:room/broadcast`: the host's studio. The same for everybody; who is host is in the ticket, which never reaches the server here. */
export function BroadcastPage({ room, title }: BroadcastProps) {
  return (
    <Layout title={`Studio: ${title} — Canopy`} description={`The host's studio of “${title}”.`} island="broadcast">
      <div class="studio" data-island="broadcast" data-room={room} data-title={title}>
        <p class="badges">
          <span class="badge" data-part="badge" data-phase="quiet">
            Off air
          </span>
          <span class="count" data-part="count" hidden />
        </p>
        <h1>{title}</h1>
        <p class="status" data-part="status" role="status" aria-live="polite">
          Opening the studio …
        </p>
        <p class="note warn" data-part="warning" role="alert" hidden />
        <p class="row" data-part="to-room" hidden>
          <a class="button" href={`/rooms/${room}`}>
            Listen to the room
          </a>
        </p>
        <section class="air" data-part="air" aria-label="On air" hidden>
          <button class="big" type="button" data-part="go" disabled>
            Go on air
          </button>
          <div class="row" data-part="while-on" hidden>
            <button type="button" data-part="mute" aria-pressed="false">
              Mute
            </button>
            <button type="button" data-part="off">
              Go off air
            </button>
          </div>
        </section>
        <p class="line" data-part="line" hidden />
        <button type="button" class="primary" data-part="take-back" hidden>
          Take it back to this window
        </button>
        <section class="card stack" data-part="microphone" aria-labelledby="microphone-title">
          <h2 id="microphone-title">Microphone</h2>
          <button class="primary" type="button" data-part="allow" disabled>
            Use the microphone
          </button>
          <div class="stack" data-part="input" hidden>
            <label class="field">
              <span>Which one</span>
              <select data-part="device" />
            </label>
            <meter class="sr" data-part="meter-value" aria-label="Level of the microphone" min={0} max={100} value={0} />
            <div class="meter" data-part="meter" aria-hidden="true">
              <span />
            </div>
            <div class="row">
              <button type="button" data-part="check">
                Record and hear yourself
              </button>
            </div>
            <fieldset class="switches">
              <legend>Clean up the sound</legend>
              <Switch name="noiseSuppression" label="Noise" />
              <Switch name="echoCancellation" label="Echo" />
              <Switch name="autoGainControl" label="Level" />
              <small>For music switch all three off: soft sounds are sent too, then.</small>
            </fieldset>
          </div>
        </section>
        <section class="card stack" data-part="share" hidden aria-labelledby="share-title">
          <h2 id="share-title">Links</h2>
          <div class="row">
            <button type="button" data-part="copy-page">
              Copy listener link
            </button>
            <button type="button" data-part="copy-host">
              Save host link
            </button>
          </div>
          <small>Whoever has the host link is the host. Put it where only you find it: with it you come back from any browser.</small>
        </section>
        <section class="card stack" data-part="crowd" hidden aria-labelledby="crowd-title">
          <h2 id="crowd-title">Expecting a crowd?</h2>
          <form class="stack" data-part="expect">
            <label class="field">
              <span>How many may come</span>
              <input type="number" inputmode="numeric" min={0} step={1} required data-part="expected" />
            </label>
            <div class="row">
              <button type="submit">Prepare the room</button>
            </div>
          </form>
          <small data-part="ready" aria-live="polite" />
        </section>
        <section class="danger" data-part="danger" hidden>
          <button type="button" class="plain" data-part="end">
            End the room …
          </button>
        </section>
        <dialog data-part="confirm" aria-labelledby="confirm-title">
          <form method="dialog" class="stack">
            <h2 id="confirm-title">End the room for everybody?</h2>
            <p>All listeners are told that it is over. It cannot be opened again.</p>
            <div class="row">
              <button type="submit" value="keep" autofocus>
                Keep it open
              </button>
              <button type="submit" class="stop" value="end">
                End it
              </button>
            </div>
          </form>
        </dialog>
        <NeedsScript what="The studio" />
      </div>
    </Layout>
  );
}

function Switch({ name, label }: { readonly name: string; readonly label: string }) {
  return (
    <label class="check">
      <input type="checkbox" class="switch" name={name} data-part="switch" checked />
      <span>{label}</span>
    </label>
  );
}
