import { MAX_QUESTION, readable } from "../core/text.ts";
import type { ListenerSays } from "../core/wire/listener-says.ts";
import { part, write, writeOrHide } from "./parts.ts";
import { words } from "./words.ts";

/** The dialog in which a listener asks a question. */
export class QuestionForm {
  readonly #dialog = part("question-dialog", HTMLDialogElement);
  readonly #field = part("question-field", HTMLTextAreaElement);
  readonly #left = part("question-left", HTMLElement);
  readonly #problem = part("question-problem", HTMLElement);
  #name = "";

  /**
   * @param say tells the room's people; false if there is no line
   * @param onSent the question is on its way
   */
  constructor(say: (said: ListenerSays) => boolean, onSent: () => void) {
    const { question } = words.listener;
    this.#field.oninput = () => write(this.#left, question.left(Math.max(0, MAX_QUESTION - [...this.#field.value].length)));
    part("question-form", HTMLFormElement).onsubmit = (event) => {
      // Line breaks are how people write; the room reads one line.
      const text = readable(this.#field.value.replace(/\s+/g, " "), MAX_QUESTION);
      const sent = text !== undefined && say({ type: "question", id: crypto.randomUUID(), name: this.#name, text });
      const problem = text === undefined ? question.unreadable : sent ? undefined : question.notSent;
      writeOrHide(this.#problem, problem);
      if (problem !== undefined) return event.preventDefault();
      this.#field.value = "";
      write(this.#left, question.left(MAX_QUESTION));
      onSent();
    };
  }

  open(name: string): void {
    this.#name = name;
    writeOrHide(this.#problem, undefined);
    this.#dialog.showModal();
  }
}
