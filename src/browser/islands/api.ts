import { copyFrom } from "../page/parts.ts";

/** Each line has its button; without script, or clipboard, it can be marked and copied as any text. */
for (const line of document.querySelectorAll<HTMLElement>("[data-part='curl']")) {
  const button = line.parentElement?.querySelector<HTMLElement>("[data-part='copy']");
  if (button === null || button === undefined) continue;
  button.hidden = false;
  button.onclick = () => void copyFrom(button, line.textContent?.trim() ?? "");
}

/** A link to one of them opens it. */
function openNamed(): void {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
addEventListener("hashchange", openNamed);
openNamed();
