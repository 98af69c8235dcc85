import type { Question } from "../../core/wire/messages.ts";
import { button, element, List, type Row } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { beside, card } from "./card.ts";
import { Menu } from "./menu.ts";
import { removeAsking } from "./removing.ts";
import type { Ask, Panel } from "./shown.ts";

const say = words.panel;

/** What the audience asks: to be shown to all, or to be done with. */
export function questionsCard(ask: Ask): Panel {
  const nothing = element("p", { class: "hint", text: say.noQuestions });
  const questions = element("ul", { class: "questions" });
  const whole = card(say.questions, nothing, questions);
  const number = beside(whole.querySelector("h2"));
  whole.tabIndex = -1;
  const list = new List<Question>(
    questions,
    ({ id }) => id,
    (question) => row(ask, question),
  );
  return {
    element: whole,
    show: ({ questions: state }) => {
      const waiting = state?.questions ?? [];
      nothing.hidden = waiting.length > 0;
      number.hidden = waiting.length === 0;
      write(number, words.count.plain(waiting.length));
      list.show(waiting, () => whole);
    },
  };
}

function row(ask: Ask, asked: Question): Row<Question> {
  const { id } = asked;
  let isPinned = asked.pinned;
  const text = element("p", { class: "asked", dir: "auto" });
  const name = element("small", { dir: "auto" });
  const pin = button({}, () => ask(isPinned ? { type: "pin" } : { type: "pin", question: id }));
  const answered = button({ text: say.answered }, () => ask({ type: "answer", question: id }));
  const menu = new Menu();
  return {
    element: element("li", {}, text, name, element("div", { class: "row" }, pin, answered, ...menu.parts)),
    show: (question) => {
      isPinned = question.pinned;
      write(text, question.text);
      write(name, question.name);
      pin.setAttribute("aria-pressed", String(isPinned));
      write(pin, isPinned ? say.unpin : say.pin);
      pin.setAttribute("aria-label", say.to(isPinned ? say.unpin : say.pin, question.name));
      answered.setAttribute("aria-label", say.to(say.answered, question.name));
      menu.show(say.more(question.name), [{ says: `${say.remove} …`, work: () => removeAsking(ask, question), grave: true }]);
    },
  };
}
