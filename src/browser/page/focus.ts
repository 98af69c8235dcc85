/** Hides or shows `element`. If the keyboard was on it, it goes on at `next` and not at the top of the page. */
export function hide(element: HTMLElement, hidden: boolean, next?: () => HTMLElement): void {
  const lost = hidden && !element.hidden && element.contains(document.activeElement);
  element.hidden = hidden;
  if (lost) next?.().focus();
}

/** Switches a button off for a while, in a way that leaves the keyboard on it. Whoever handles its clicks asks isOff. */
export function switchOff(button: HTMLButtonElement, off: boolean): void {
  button.disabled = false;
  button.setAttribute("aria-disabled", String(off));
}

/** True while `button` does nothing. */
export function isOff(button: HTMLButtonElement): boolean {
  return button.disabled || button.getAttribute("aria-disabled") === "true";
}
