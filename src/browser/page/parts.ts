import { words } from "./words.ts";

/** The element that bears `data-part="name"`, of the wanted kind. @throws if the page and its island have grown apart. */
export function part<Kind extends HTMLElement>(name: string, kind: new () => Kind): Kind {
  const found = document.querySelector(`[data-part="${name}"]`);
  if (found instanceof kind) return found;
  throw new Error(`This page has no ${kind.name} named “${name}”`);
}

/** The island's root, which carries what the server knew. @throws as `part` does */
export function island(name: string): HTMLElement {
  const found = document.querySelector(`[data-island="${name}"]`);
  if (found instanceof HTMLElement) return found;
  throw new Error(`This page has no island named “${name}”`);
}

/** Writes `text` if it changed, so that a screen reader hears news only. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows `text` in `element`, or hides it if there is none. */
export function writeOrHide(element: HTMLElement, text: string | undefined): void {
  element.hidden = text === undefined;
  write(element, text ?? "");
}

/** Copies `text`; the button, or its label, says for two seconds whether it went well. */
export async function copyFrom(button: HTMLElement, text: string): Promise<void> {
  const label = button.dataset["label"] ?? button.textContent ?? "";
  button.dataset["label"] = label;
  const copied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  // Without permission, or on an insecure page, the text is at least there to be copied by hand.
  if (!copied) window.prompt(words.copyThis, text);
  write(button, copied ? words.copied : label);
  setTimeout(() => write(button, label), 2_000);
}

/** Why sound cannot work on this page at all; nothing if it can. */
export function insecurity(): string | undefined {
  if (window.isSecureContext) return undefined;
  return words.insecure;
}

/** Runs `work` once per animation frame at most, ten times a second while hidden, however often the returned function is called. */
export function oncePerFrame(work: () => void): () => void {
  let due = false;
  const run = () => {
    if (!due) return;
    due = false;
    work();
  };
  // Hidden pages draw no frames, but their title and state must follow.
  const soon = () => (document.visibilityState === "hidden" ? setTimeout(run, 100) : requestAnimationFrame(run));
  // What was to come with the next frame would wait until the page is seen again.
  document.addEventListener("visibilitychange", () => due && soon());
  return () => {
    if (due) return;
    due = true;
    soon();
  };
}
