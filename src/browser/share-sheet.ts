import { copyFrom, part } from "./parts.ts";

/** Wires the share sheet: the link, its code, the code for one's own page, and the phone's own way of sending. */
export function wireShareSheet(): void {
  const dialog = part("share-dialog", HTMLDialogElement);
  const open = part("share-open", HTMLButtonElement);
  const code = part("share-code", HTMLImageElement);
  const send = part("share-send", HTMLButtonElement);
  const link = part("share-link", HTMLOutputElement).textContent?.trim() ?? "";
  open.hidden = false;
  open.onclick = () => {
    // Nobody has to load it who never opens this.
    code.src = code.dataset["src"] ?? "";
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

/** Lets a dialog's own buttons close it: those that bear `data-close` with its part's name. */
export function wireCloseButtons(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-close]")) {
    one.onclick = () => part(one.dataset["close"] ?? "", HTMLDialogElement).close();
  }
}
