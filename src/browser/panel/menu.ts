import { button, element, icon } from "../page/elements.ts";

/** One thing to do in a menu; left out (undefined) where it is not allowed. */
export type Choice = { readonly says: string; readonly work: () => void; readonly grave?: boolean } | undefined;

/** A menu that folds open in its row: nothing covers anything, and Escape folds it again. */
export class Menu {
  /** For the row: the button, and the line below it that it opens. */
  readonly parts: readonly [HTMLElement, HTMLElement];
  readonly #open: HTMLButtonElement;
  readonly #choices = element("div", { class: "choices" });
  #shown = "";

  constructor() {
    this.#open = button({ class: "round" }, () => this.#fold(!this.#choices.hidden), icon("more"));
    this.parts = [this.#open, this.#choices];
    this.#fold(true);
    for (const one of this.parts) {
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || this.#choices.hidden) return;
        this.#fold(true);
        this.#open.focus();
        event.preventDefault();
      });
    }
  }

  /** @param label whose menu it is */
  show(label: string, choices: readonly Choice[]): void {
    const all = choices.filter((one) => one !== undefined);
    this.#open.hidden = all.length === 0;
    if (all.length === 0) this.#fold(true);
    this.#open.setAttribute("aria-label", label);
    // What is open under somebody's finger does not change as long as the same can be done.
    const shown = all.map(({ says }) => says).join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#choices.replaceChildren(...all.map((one) => this.#choice(one)));
  }

  #choice({ says, work, grave }: NonNullable<Choice>): HTMLElement {
    const choose = () => {
      this.#fold(true);
      this.#open.focus();
      work();
    };
    return button({ text: says, class: grave === true ? "stop" : "" }, choose);
  }

  #fold(folded: boolean): void {
    this.#choices.hidden = folded;
    this.#open.setAttribute("aria-expanded", String(!folded));
  }
}
