import { MOST_EXPECTED } from "../core/room/schedule.ts";
import type { Words } from "../core/say/words.ts";
import { CaptionConsent, SpeakerCaptions } from "./captions.tsx";
import { Layout, NeedsScript } from "./layout.tsx";
import { ScheduleFields } from "./schedule.tsx";
import { ShareButton, ShareSheet } from "./share.tsx";

export type BroadcastProps = { readonly words: Words; readonly room: string; readonly title: string; readonly address: string };

/** `/rooms/:room/broadcast`: the host's studio. The same for everybody; who is host is in the ticket, which never reaches the server here. */
export function BroadcastPage({ words, room, title, address }: BroadcastProps) {
  const say = words.studio;
  return (
    <Layout
      words={words}
      title={say.pageTitle(title)}
      description={say.description(title)}
      island="broadcast"
      actions={<ShareButton words={words} />}
    >
      <div class="studio" data-island="broadcast" data-room={room} data-title={title}>
        <div class="work">
          <p class="badges">
            <span class="badge" data-part="badge" data-phase="quiet">
              {say.badge.quiet}
            </span>
            <span class="tag" data-part="recorded" hidden>
              {words.listener.recorded}
            </span>
            <span class="count" data-part="count" hidden />
          </p>
          <h1 data-part="title" dir="auto">
            {title}
          </h1>
          <p class="note warn" data-part="host-notice" role="status" hidden />
          <p class="status" data-part="status" role="status" aria-live="polite">
            {say.opening}
          </p>
          <p class="note warn" data-part="warning" role="alert" hidden />
          <p class="note warn" data-part="recorded-notice" role="alert" hidden />
          <p class="row" data-part="to-room" hidden>
            <a class="button" href={`/rooms/${room}`}>
              {say.listenToRoom}
            </a>
          </p>
          <p class="row" data-part="to-evening" hidden>
            <a class="button" href={`/rooms/${room}/evening`}>
              {words.evening.link}
            </a>
          </p>
          <p class="row" data-part="to-replay" hidden>
            <a class="button" href={`/rooms/${room}/replay`}>
              {words.replay.again}
            </a>
          </p>
          <section class="air" data-part="air" aria-label={say.on} hidden>
            <button class="big" type="button" data-part="go" disabled>
              {say.go}
            </button>
            <div class="row" data-part="while-on" hidden>
              <button type="button" data-part="mute" aria-pressed="false">
                {say.mute}
              </button>
              <button type="button" data-part="off">
                {say.goOff}
              </button>
            </div>
            <button type="button" data-part="rehearse" aria-pressed="false" hidden>
              {say.rehearse}
            </button>
          </section>
          <p class="line" data-part="line" hidden />
          <button type="button" class="primary" data-part="take-back" hidden>
            {say.takeBack}
          </button>
          <section class="card stack" data-part="microphone" aria-labelledby="microphone-title">
            <h2 id="microphone-title">{say.microphone.title}</h2>
            <button class="primary" type="button" data-part="allow" disabled>
              {say.microphone.use}
            </button>
            <div class="stack" data-part="input" hidden>
              <label class="field">
                <span>{say.microphone.which}</span>
                <select data-part="device" />
              </label>
              <meter class="sr" data-part="meter-value" aria-label={say.microphone.level} min={0} max={100} value={0} />
              <div class="meter" data-part="meter" aria-hidden="true">
                <span />
              </div>
              <div class="row">
                <button type="button" data-part="check">
                  {say.microphone.check}
                </button>
                <button type="button" data-part="stand-by" aria-pressed="false" hidden>
                  {say.standBy}
                </button>
              </div>
              <fieldset class="switches">
                <legend>{say.microphone.clean}</legend>
                <Switch name="noiseSuppression" label={say.microphone.noise} />
                <Switch name="echoCancellation" label={say.microphone.echo} />
                <Switch name="autoGainControl" label={say.microphone.gain} />
                <small>{say.microphone.music}</small>
              </fieldset>
            </div>
          </section>
          <details class="card fold" data-part="captioning" hidden>
            <summary>
              <h2>{words.captions.title}</h2>
            </summary>
            <SpeakerCaptions words={words} />
          </details>
          <details class="card fold" data-part="side" hidden>
            <summary>
              <h2>{say.side.title}</h2>
            </summary>
            <div class="stack">
              <small>{say.side.hint}</small>
              <label class="field">
                <span>{say.side.file}</span>
                <input type="file" accept="audio/*" data-part="side-file" />
              </label>
              <div class="row" data-part="side-player" hidden>
                <button type="button" data-part="side-play">
                  {say.side.play}
                </button>
                <input type="range" min={0} max={100} value={100} data-part="side-volume" aria-label={say.side.volume} />
              </div>
              <div class="row">
                <button type="button" data-part="side-tab">
                  {say.side.tab}
                </button>
              </div>
              <p class="note warn" role="alert" data-part="side-fault" hidden />
            </div>
          </details>
          <section class="card stack" data-part="share" hidden aria-labelledby="share-title">
            <h2 id="share-title">{say.links.title}</h2>
            <div class="row">
              <button type="button" data-part="copy-page">
                {say.links.listener}
              </button>
              <button type="button" data-part="copy-host">
                {say.links.host}
              </button>
            </div>
            <small data-part="host-hint">{say.links.hint}</small>
            <div class="stack" data-part="rescue" hidden>
              <div class="row">
                <button type="button" data-part="copy-rescue">
                  {words.rescue.copy}
                </button>
                <button type="button" data-part="copy-second-rescue">
                  {words.rescue.copySecond}
                </button>
              </div>
              <small>{words.rescue.copyHint}</small>
            </div>
          </section>
          <section class="card stack" data-part="schedule" hidden aria-labelledby="schedule-title">
            <h2 id="schedule-title">{words.doors.studio.title}</h2>
            <p data-part="schedule-says" role="status" aria-live="polite" />
            <div class="row">
              <button type="button" class="primary" data-part="open-doors" hidden>
                {words.doors.studio.now}
              </button>
              <button type="button" data-part="call-off" hidden>
                {words.doors.studio.cancel}
              </button>
            </div>
            <details class="more" data-part="reschedule">
              <summary>{words.doors.studio.change}</summary>
              <form class="stack" data-part="schedule-form">
                <ScheduleFields words={words} />
                <p class="note warn" data-part="schedule-problem" role="alert" hidden />
                <p class="note" data-part="schedule-done" role="status" hidden />
                <div class="row">
                  <button type="submit">{words.doors.studio.save}</button>
                </div>
              </form>
            </details>
          </section>
          <section class="card stack" data-part="crowd" hidden aria-labelledby="crowd-title">
            <h2 id="crowd-title">{say.crowd.title}</h2>
            <form class="stack" data-part="expect">
              <label class="field">
                <span>{say.crowd.howMany}</span>
                <input type="number" inputmode="numeric" min={0} max={MOST_EXPECTED} step={1} required data-part="expected" />
              </label>
              <div class="row">
                <button type="submit">{say.crowd.prepare}</button>
              </div>
            </form>
            <small data-part="ready" aria-live="polite" />
            <p>
              <a href={`/rooms/${room}/evening`} target="_blank" rel="noopener" data-part="evening">
                {words.evening.link}
              </a>
            </p>
          </section>
          <section class="danger" data-part="danger" hidden>
            <button type="button" class="plain" data-part="end">
              {say.end.open}
            </button>
          </section>
        </div>
        <div class="panel" data-part="panel" hidden />
        <dialog data-part="confirm" aria-labelledby="confirm-title">
          <form method="dialog" class="stack">
            <h2 id="confirm-title">{say.end.title}</h2>
            <p>{say.end.says}</p>
            <div class="row">
              <button type="submit" value="keep" autofocus>
                {say.end.keep}
              </button>
              <button type="submit" class="stop" value="end">
                {say.end.end}
              </button>
            </div>
          </form>
        </dialog>
        <CaptionConsent words={words} />
        <ShareSheet words={words} room={room} title={title} address={address} />
        <NeedsScript words={words} what={say.needs} />
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
