import { copyFrom, part } from "./parts.ts";

/**
 * Wires the share sheet: the link, its code, the code for one's own page, the stream for other players, and the phone's own way of sending.
 *
 * @param invitation what lets this listener into a private room: players that can send no header bring it in their address
 */
export function wireShareSheet(invitation?: () => string | undefined): void {
  const dialog = part("share-dialog", HTMLDialogElement);
  const open = part("share-open", HTMLButtonElement);
  const code = part("share-code", HTMLImageElement);
  const send = part("share-send", HTMLButtonElement);
  const link = part("share-link", HTMLOutputElement).textContent?.trim() ?? "";
  open.hidden = false;
  open.onclick = () => {
    // Nobody has to load it who never opens this.
    code.src = code.dataset["src"] ?? "";
    wirePlayer(invitation?.());
    dialog.showModal();
  };
  const copyLink = part("share-copy", HTMLButtonElement);
  const copyEmbed = part("share-copy-embed", HTMLButtonElement);
  copyLink.onclick = () => void copyFrom(copyLink, link);
  copyEmbed.onclick = () => void copyFrom(copyEmbed, part("share-embed", HTMLOutputElement).textContent?.trim() ?? "");
  send.hidden = !("share" in navigator);
  send.onclick = () => {
    const { title = "", says = "" } = dialog.dataset;
    // Whoever closes the phone's sheet has changed his mind, which is no fault.
    void navigator.share({ title, text: says, url: link }).catch(() => undefined);
  };
}

/** The stream's address, with the invitation where one is needed; the field stays hidden where there is none. */
function wirePlayer(invitation: string | undefined): void {
  const field = document.querySelector<HTMLElement>('[data-part="share-player-field"]');
  if (field === null) return;
  const address = part("share-player", HTMLOutputElement);
  const open = part("share-open-player", HTMLAnchorElement);
  const copy = part("share-copy-player", HTMLButtonElement);
  if (field.hidden && invitation !== undefined) {
    const key = `?ticket=${encodeURIComponent(invitation)}`;
    address.textContent = `${address.textContent?.trim() ?? ""}${key}`;
    open.href += key;
    field.hidden = false;
  }
  copy.onclick = () => void copyFrom(copy, address.textContent?.trim() ?? "");
}

/** Lets a dialog's own buttons close it: those that bear `data-close` with its part's name. */
export function wireCloseButtons(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-close]")) {
    one.onclick = () => part(one.dataset["close"] ?? "", HTMLDialogElement).close();
  }
}
