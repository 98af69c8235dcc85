import { button, element } from "../page/elements.ts";
import { words } from "../page/words.ts";

/** What is asked before something grave is done. */
export type Question = {
  readonly title: string;
  readonly says?: string;
  readonly yes: string;
  /** Leaves it as it is; the first and the safe answer. */
  readonly no?: string;
  readonly more?: readonly HTMLElement[];
  readonly work: () => void;
};

/** Asks once more. Escape is a no, and the keyboard goes back to where it was. */
export function confirm({ title, says, yes, no = words.cancel, more = [], work }: Question): void {
  const heading = element("h2", { text: title, dir: "auto" });
  heading.id = "sure-title";
  const keep = button({ text: no }, () => dialog.close());
  const go = button({ text: yes, class: "stop" }, () => {
    dialog.close();
    work();
  });
  const dialog = element("dialog", {}, element("div", { class: "stack" }, heading));
  dialog.setAttribute("aria-labelledby", heading.id);
  const stack = dialog.firstElementChild;
  if (says !== undefined) stack?.append(element("p", { text: says }));
  stack?.append(...more, element("div", { class: "row end" }, keep, go));
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  keep.focus();
}
