import { MAX_QUESTION, readable } from "../../core/text.ts";
import type { ListenerSays } from "../../core/wire/listener-says.ts";
import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import type { Hearing } from "./hearing.ts";
import { SentQuestion } from "./sent-question.ts";

/** The dialog in which a listener asks a question. */
export class QuestionForm {
  readonly #dialog = part("question-dialog", HTMLDialogElement);
  readonly #field = part("question-field", HTMLTextAreaElement);
  readonly #left = part("question-left", HTMLElement);
  readonly #problem = part("question-problem", HTMLElement);
  #name = "";
  #sent: { readonly question: SentQuestion; readonly text: string } | undefined;

  /**
   * @param say tells the room's people; false if there is no line
   * @param hearing what is known just now
   */
  constructor(say: (said: ListenerSays) => boolean, hearing: () => Hearing) {
    const { question } = words.listener;
    this.#field.oninput = () => write(this.#left, question.left(Math.max(0, MAX_QUESTION - [...this.#field.value].length)));
    part("question-form", HTMLFormElement).onsubmit = (event) => {
      // Line breaks are how people write; the room reads one line.
      const text = readable(this.#field.value.replace(/\s+/g, " "), MAX_QUESTION);
      const sent = text !== undefined && say({ type: "question", id: crypto.randomUUID(), name: this.#name, text });
      const problem = text === undefined ? question.unreadable : sent ? undefined : question.notSent;
      writeOrHide(this.#problem, problem);
      if (problem !== undefined) return event.preventDefault();
      // The text stays until it is sure that it was taken.
      this.#sent = { question: new SentQuestion(hearing(), performance.now()), text: this.#field.value };
    };
  }

  /** Follows what is known. What is to be told of a question that was just sent, once; a *no* is told as every other one. */
  follow(hearing: Hearing): string | undefined {
    const fate = this.#sent?.question.fate(hearing, performance.now());
    if (this.#sent === undefined || fate === "open") return undefined;
    const { text } = this.#sent;
    this.#sent = undefined;
    if (fate === "lost") return words.listener.question.notSent;
    if (fate === "refused") return undefined;
    if (this.#field.value === text) {
      this.#field.value = "";
      write(this.#left, words.listener.question.left(MAX_QUESTION));
    }
    return words.listener.question.sent;
  }

  open(name: string): void {
    this.#name = name;
    writeOrHide(this.#problem, undefined);
    this.#dialog.showModal();
  }
}
