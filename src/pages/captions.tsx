import type { Words } from "../core/say/words.ts";

/** What whoever speaks works his own captions with: in the studio, and where a listener has come up. */
export function SpeakerCaptions({ words }: { readonly words: Words }) {
  const say = words.captions;
  return (
    <div class="stack captions-mine">
      <label class="check">
        <input type="checkbox" class="switch" data-part="caption-on" aria-describedby="caption-hint" />
        <span>{say.mine}</span>
      </label>
      <small id="caption-hint">{say.mineHint}</small>
      <label class="field">
        <span>{say.language}</span>
        <select data-part="caption-language" />
      </label>
      <p class="hint" data-part="caption-says" role="status" aria-live="polite">
        {say.off}
      </p>
      <p class="caption-heard" data-part="caption-heard" dir="auto" hidden />
    </div>
  );
}

/** Asks before a voice goes to the service of the browser's maker. */
export function CaptionConsent({ words }: { readonly words: Words }) {
  const say = words.captions.consent;
  return (
    <dialog data-part="caption-consent" aria-labelledby="consent-title" aria-describedby="consent-says">
      <form method="dialog" class="stack">
        <h2 id="consent-title">{say.title}</h2>
        <p id="consent-says">{say.says}</p>
        <div class="row end">
          <button type="submit" value="decline" autofocus>
            {say.decline}
          </button>
          <button type="submit" value="accept" class="primary">
            {say.accept}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Shows and hides what is said in words; there is one while somebody listens. */
export function CaptionsButton({ words }: { readonly words: Words }) {
  return (
    <button
      class="round plain cc"
      type="button"
      data-part="cc"
      aria-pressed="false"
      aria-controls="captions"
      aria-keyshortcuts="c"
      aria-label={`CC ${words.captions.title}`}
      hidden
    >
      CC
    </button>
  );
}

/** Under the player: what is said, in words. Only what is certain is told to a screen reader, once. */
export function Captions({ words }: { readonly words: Words }) {
  const say = words.captions;
  return (
    <section class="captions" id="captions" data-part="captions" aria-label={say.title} hidden>
      <div class="captions-roll" data-part="captions-roll" tabindex={0}>
        <div role="log" aria-live="polite" aria-relevant="additions" aria-label={say.title} data-part="captions-log" />
        <div aria-hidden="true" data-part="captions-now" />
        <p class="hint" data-part="captions-none">
          {say.none}
        </p>
      </div>
    </section>
  );
}
