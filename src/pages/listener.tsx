import type { Words } from "../core/say/words.ts";
import { MAX_NAME, MAX_QUESTION } from "../core/text.ts";
import { REACTIONS } from "../core/tree/people/reactions.ts";
import type { RoomPhase } from "../core/wire/messages.ts";
import { CaptionConsent, Captions, CaptionsButton, SpeakerCaptions } from "./captions.tsx";
import { FormDialog } from "./dialog.tsx";
import { Face, type Shown } from "./face.tsx";
import { Icon } from "./icons.tsx";
import { Layout, NeedsScript } from "./layout.tsx";
import { Report } from "./report.tsx";
import { type AnnouncedShown, Announcement } from "./schedule.tsx";
import { ShareButton, ShareSheet } from "./share.tsx";

export type ListenerProps = {
  readonly words: Words;
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly listeners: number;
  /** Who comes to listen needs an invitation. */
  readonly locked: boolean;
  /** A report would reach somebody. */
  readonly canReport: boolean;
  /** The room is over, and something is kept of it. */
  readonly again: boolean;
  /** Who is on stage, as far as it is known without asking the room. */
  readonly speakers: readonly Shown[];
  /** What is announced of it, and whether its doors are closed until then. */
  readonly schedule?: AnnouncedShown | undefined;
  readonly isClosed: boolean;
  /** The page's own address. */
  readonly address: string;
};

/** `/rooms/:room`: one big button; once it is pressed, a room. What it shows first needs no script. */
export function ListenerPage({
  words,
  room,
  title,
  phase,
  listeners,
  locked,
  canReport,
  again,
  speakers,
  schedule,
  isClosed,
  address,
}: ListenerProps) {
  const say = words.listener;
  return (
    <Layout
      words={words}
      title={`${title} — Canopy`}
      description={say.description(title)}
      island="listener"
      address={address}
      actions={<ShareButton words={words} />}
    >
      <div class="listen" data-island="listener" data-room={room} data-title={title} data-phase={phase}>
        <p class="badges" data-part="badges">
          <span class="badge" data-part="badge" data-phase={phase}>
            {isClosed ? words.doors.badge : words.people.phase[phase]}
          </span>
          <span class="tag" data-part="recorded" hidden>
            {say.recorded}
          </span>
          <span class="tag" data-part="locked" hidden={!locked}>
            <Icon name="lock" />
            {say.private}
          </span>
          <span class="count" data-part="count" hidden={listeners === 0}>
            {words.people.listening(listeners)}
          </span>
          <span class="count" data-part="hearing" hidden />
        </p>
        <h1 data-part="title" dir="auto">
          {title}
        </h1>
        <Announcement words={words} room={room} schedule={schedule} isClosed={isClosed} />
        <p class="note warn" data-part="host-notice" role="status" hidden />
        <ul class="speakers" data-part="speakers" aria-label={say.onAir} data-few={speakers.length < 3}>
          {phase !== "ended" && speakers.map((one) => <Face words={words} {...one} />)}
        </ul>
        <figure class="pinned" data-part="pinned" hidden>
          <figcaption>{say.question.pinned}</figcaption>
          <blockquote data-part="pinned-text" dir="auto" />
          <cite data-part="pinned-name" dir="auto" />
        </figure>
        <section class="ending card stack" data-part="ending" tabindex={-1} hidden={phase !== "ended"}>
          <h2 data-part="ending-title">{say.ends.endedTitle}</h2>
          <p data-part="ending-says">{say.ends.ended}</p>
          <p class="row">
            <a class="button primary" href={`/rooms/${room}/replay`} data-part="again" hidden={!again}>
              {words.replay.again}
            </a>
            <a class="button" href="/">
              {say.ends.home}
            </a>
          </p>
        </section>
        <div class="panel" data-part="panel" hidden />
        {canReport && <Report words={words} />}
        <p class="note warn" data-part="notice" role="status" hidden />
        <div class="dock" data-part="dock">
          <div class="floats" data-part="floats" aria-hidden="true" />
          <div class="transport">
            <button class="big" type="button" data-part="listen" disabled aria-describedby="status">
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <use class="play" href="#i-play" />
                <use class="pause" href="#i-pause" />
              </svg>
              <span data-part="listen-label">{say.listen}</span>
            </button>
            <div class="telling">
              <p class="status" id="status" data-part="status" role="status" aria-live="polite">
                {phase === "ended" ? say.over : isClosed ? words.doors.notYet : phase === "quiet" ? say.notYet : say.onAirNow}
              </p>
              <button class="chip" type="button" data-part="go-live" hidden>
                {say.behind("5")}
              </button>
            </div>
            <CaptionsButton words={words} />
            <div class="volume" data-part="volume" hidden>
              <button class="round plain" type="button" data-part="mute" aria-pressed="false" aria-label={say.mute}>
                <Icon name="sound" />
              </button>
              <input type="range" min={0} max={100} value={100} data-part="volume-range" aria-label={say.volume} />
            </div>
          </div>
          <Captions words={words} />
          <fieldset class="reactions" data-part="reactions" aria-label={say.react} hidden>
            {REACTIONS.map((reaction) => (
              <button class="reaction" type="button" data-reaction={reaction} aria-label={words.people.reaction[reaction]}>
                <Icon name={reaction} />
                <span class="tally" data-part={`tally-${reaction}`} hidden />
              </button>
            ))}
          </fieldset>
          <div class="asking row" data-part="asking" hidden>
            <button type="button" data-part="hand" aria-pressed="false">
              <Icon name="hand" />
              <span data-part="hand-label">{say.hand.raise}</span>
            </button>
            <button type="button" data-part="ask">
              <Icon name="ask" />
              {say.question.ask}
            </button>
          </div>
          <p class="answer" data-part="answer" role="status" aria-live="polite" hidden />
          <fieldset class="mine" data-part="mine" aria-label={say.stage.title} hidden>
            <button class="microphone" type="button" data-part="mine-mute" aria-pressed="false">
              <span class="icons">
                <Icon name="mic" />
                <Icon name="mic-off" />
              </span>
              <span data-part="mine-mute-label">{words.studio.mute}</span>
            </button>
            <meter class="sr" data-part="mine-level" aria-label={say.stage.level} min={0} max={100} value={0} />
            <button type="button" data-part="mine-on" hidden>
              {say.stage.goOn}
            </button>
            <button type="button" data-part="mine-check" hidden>
              {say.stage.check}
            </button>
            <button type="button" data-part="mine-standby" aria-pressed="false">
              {words.studio.standBy}
            </button>
            <button type="button" data-part="step-down">
              <Icon name="down" />
              {say.stage.stepDown}
            </button>
            <p class="hint" data-part="mine-says" role="status" aria-live="polite" />
            <p class="note warn" data-part="mine-recorded" role="alert" hidden />
            <details class="fold captions-fold">
              <summary>{words.captions.title}</summary>
              <SpeakerCaptions words={words} />
            </details>
          </fieldset>
          <p class="hint keys" data-part="keys" hidden>
            <kbd>{say.keys.space}</kbd> {say.keys.spaceDoes} · <kbd>M</kbd> {say.keys.mDoes} · <kbd>C</kbd> {words.captions.key}
          </p>
        </div>
        <NeedsScript words={words} what={say.listeningNeeds} />
        <NameDialog words={words} />
        <QuestionDialog words={words} />
        <InvitationDialog words={words} />
        <CaptionConsent words={words} />
        <ShareSheet
          words={words}
          room={room}
          title={title}
          address={address}
          {...(phase === "ended" ? {} : { plays: locked ? "invited" : "anybody" })}
        />
      </div>
    </Layout>
  );
}

function NameDialog({ words }: { readonly words: Words }) {
  const say = words.listener.name;
  return (
    <FormDialog words={words} part="name" title={say.title} ok={say.ok}>
      <label class="field">
        <span>{say.field}</span>
        <input name="name" maxlength={MAX_NAME * 2} autocomplete="nickname" dir="auto" required data-part="name-field" />
      </label>
      <small>{say.hint}</small>
    </FormDialog>
  );
}

function QuestionDialog({ words }: { readonly words: Words }) {
  const say = words.listener.question;
  return (
    <FormDialog words={words} part="question" title={say.title} ok={say.send}>
      <label class="field">
        <span>{say.field}</span>
        <textarea rows={4} maxlength={MAX_QUESTION * 2} dir="auto" required data-part="question-field" aria-describedby="question-left" />
      </label>
      <small id="question-left" data-part="question-left">
        {say.left(MAX_QUESTION)}
      </small>
    </FormDialog>
  );
}

function InvitationDialog({ words }: { readonly words: Words }) {
  const say = words.listener.hand;
  return (
    <dialog data-part="invitation" aria-labelledby="invitation-title" aria-describedby="invitation-says">
      <form method="dialog" class="stack">
        <h2 id="invitation-title">{say.invitedTitle}</h2>
        <p id="invitation-says">{say.invited}</p>
        <div class="note warn stack" data-part="invitation-recorded" hidden>
          <p>{say.recorded}</p>
          <label class="check">
            <input type="checkbox" data-part="agree-recorded" />
            <span>{say.agree}</span>
          </label>
        </div>
        <div class="row end">
          <button type="submit" value="not-now" formnovalidate>
            {say.notNow}
          </button>
          <button type="submit" value="accept" class="primary">
            <Icon name="mic" />
            {say.accept}
          </button>
        </div>
      </form>
    </dialog>
  );
}
