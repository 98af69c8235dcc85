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

export type ShareProps = {
  readonly words: Words;
  readonly room: string;
  readonly title: string;
  readonly address: string;
  /** The room can be heard now, or will be: players other than this page may be given its stream. */
  readonly plays?: "anybody" | "invited";
};

/** What brings others along: the link, its QR code, code for one's own page, and what the phone can send it with. */
export function ShareSheet({ words, room, title, address, plays }: ShareProps) {
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
        {plays === undefined ? null : <PlayerField words={words} room={room} address={address} plays={plays} />}
      </form>
    </dialog>
  );
}

/** The room as a plain address. Where one must be invited, the page's script adds the invitation that it holds; without one there is none to give. */
function PlayerField({ words, room, address, plays }: Omit<ShareProps, "title">) {
  const say = words.share;
  return (
    <div class="field" data-part="share-player-field" data-plays={plays} hidden={plays === "invited"}>
      <span id="share-player">{say.player}</span>
      <div class="copy">
        <output data-part="share-player" aria-labelledby="share-player">
          {new URL(`/rooms/${room}/live.ogg`, address).href}
        </output>
        <button type="button" data-part="share-copy-player" aria-label={say.copyPlayer}>
          {words.copy}
        </button>
      </div>
      {plays === "invited" ? <small>{say.playerKey}</small> : null}
      <a data-part="share-open-player" href={`/rooms/${room}/live.m3u`} download={`${room}.m3u`}>
        {say.openPlayer}
      </a>
    </div>
  );
}
