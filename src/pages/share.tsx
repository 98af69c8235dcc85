import type { Words } from "../core/say/words.ts";
import { Icon } from "./icons.tsx";

/** Opens the share sheet; it does nothing before the page's script has come, and is not shown without. */
export function ShareButton({ words }: { readonly words: Words }) {
  return (
    <button class="plain share" type="button" data-part="share-open" hidden>
      <Icon name="share" />
      {words.share.open}
    </button>
  );
}

export type ShareProps = { readonly words: Words; readonly room: string; readonly title: string; readonly address: string };

/** What brings others along: the link, its QR code, code for one's own page, and what the phone can send it with. */
export function ShareSheet({ words, room, title, address }: ShareProps) {
  const say = words.share;
  const embed = `<iframe src="${new URL(`/embed/${room}`, address).href}" title="Canopy" width="100%" height="210" style="border:0" allow="autoplay"></iframe>`;
  return (
    <dialog data-part="share-dialog" aria-labelledby="share-sheet-title" data-title={title} data-says={say.text(title)}>
      <form method="dialog" class="stack">
        <div class="row between">
          <h2 id="share-sheet-title">{say.title}</h2>
          <button class="round plain" type="submit" aria-label={words.close}>
            <Icon name="close" />
          </button>
        </div>
        <div class="field">
          <span id="share-link">{say.link}</span>
          <div class="copy">
            <output data-part="share-link" aria-labelledby="share-link">
              {address}
            </output>
            <button type="button" data-part="share-copy">
              {words.copy}
            </button>
          </div>
        </div>
        <button type="button" class="primary" data-part="share-send" hidden>
          {say.send}
        </button>
        <figure class="code">
          <img data-part="share-code" data-src={`/rooms/${room}/qr.svg`} alt={say.code} width={180} height={180} />
          <figcaption>{say.show}</figcaption>
        </figure>
        <div class="field">
          <span id="share-embed">{say.embed}</span>
          <div class="copy">
            <output data-part="share-embed" aria-labelledby="share-embed">
              {embed}
            </output>
            <button type="button" data-part="share-copy-embed" aria-label={say.copyEmbed}>
              {words.copy}
            </button>
          </div>
        </div>
      </form>
    </dialog>
  );
}
