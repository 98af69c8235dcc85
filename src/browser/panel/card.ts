import { element } from "../page/elements.ts";

let cards = 0;

/** A card with its heading. */
export function card(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  const heading = element("h2", { text: title });
  heading.id = `card-${++cards}`;
  const made = element("section", { class: "card stack" }, heading, ...children);
  made.setAttribute("aria-labelledby", heading.id);
  return made;
}

/** A card of what is seldom needed: folded until somebody wants it. */
export function folded(title: string, ...children: readonly HTMLElement[]): HTMLDetailsElement {
  return element("details", { class: "card fold" }, element("summary", {}, element("h2", { text: title })), ...children);
}

/** A number that stands beside a heading; empty it is not there. */
export function beside(heading: HTMLElement | null): HTMLElement {
  const badge = element("span", { class: "beside" });
  badge.hidden = true;
  heading?.append(" ", badge);
  return badge;
}
