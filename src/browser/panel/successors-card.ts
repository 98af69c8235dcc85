import type { PeopleState } from "../../core/wire/messages.ts";
import { element, List } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { card } from "./card.ts";
import type { Panel } from "./shown.ts";

const say = words.panel;

/** Who takes the room over if the host is gone, in order. */
export function successorsCard(): Panel {
  const order = element("ol", { class: "people" });
  const none = element("p", { class: "hint", text: say.noSuccessors });
  const list = new List<PeopleState["successors"][number]>(
    order,
    ({ session }) => session,
    () => {
      const name = element("b", { dir: "auto" });
      const about = element("small");
      return {
        element: element("li", {}, element("span", { class: "who" }, name, about)),
        show: (one) => {
          write(name, one.name);
          write(about, `${words.people.ranked(one.rank)} · ${one.here ? say.here : say.away}`);
        },
      };
    },
  );
  return {
    element: card(say.successors, element("p", { class: "hint", text: say.successorsSay }), none, order),
    show: ({ people }) => {
      const successors = people?.successors ?? [];
      none.hidden = successors.length > 0;
      list.show(successors);
    },
  };
}
