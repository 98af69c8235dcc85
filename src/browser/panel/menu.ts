import { button, element, icon } from "../elements.ts";

/** One thing to do in a menu; left out (undefined) where it is not allowed. */
export type Choice = { readonly says: string; readonly work: () => void; readonly grave?: boolean } | undefined;

/** A menu that folds open in its row: nothing covers anything, and Escape folds it again. */
export class Menu {
  readonly element: HTMLDetailsElement;
  readonly #summary: HTMLElement;
  readonly #choices = element("div", { class: "choices" });
  #shown = "";

  constructor() {
    this.#summary = element("summary", { class: "round" }, icon("more"));
    this.element = element("details", { class: "menu" }, this.#summary, this.#choices);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      this.#fold();
      event.preventDefault();
    });
  }

  /** @param label whose menu it is */
  show(label: string, choices: readonly Choice[]): void {
    const all = choices.filter((one) => one !== undefined);
    this.element.hidden = all.length === 0;
    this.#summary.setAttribute("aria-label", label);
    // What is open under somebody's finger does not change as long as the same can be done.
    const shown = all.map(({ says }) => says).join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#choices.replaceChildren(...all.map((one) => this.#choice(one)));
  }

  #choice({ says, work, grave }: NonNullable<Choice>): HTMLElement {
    const choose = () => {
      this.#fold();
      work();
    };
    return button({ text: says, class: grave === true ? "stop" : "" }, choose);
  }

  #fold(): void {
    this.element.open = false;
    this.#summary.focus();
  }
}
