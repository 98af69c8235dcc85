import type { AudienceState, CrowdState } from "../../core/wire/messages.ts";
import { element, List } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { folded } from "./card.ts";
import type { Panel } from "./shown.ts";

const say = words.panel;
type Part = CrowdState["parts"][number];

/** How many listen, really hear it, came at all; and where they are. */
export function audienceCard(): Panel {
  const figures = element("dl", { class: "figures" });
  const rows = element("tbody");
  const heads = [say.region, say.lane, say.listeners, say.reallyHearing].map((text) => {
    const head = element("th", { text });
    head.scope = "col";
    return head;
  });
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), rows);
  const list = new List<Part>(
    rows,
    ({ region, lane }) => `${region} ${lane}`,
    () => {
      const cells = [element("td"), element("td"), element("td"), element("td")];
      return {
        element: element("tr", {}, ...cells),
        show: ({ region, lane, listeners, hearing }) => {
          const texts = [words.people.region[region], words.people.lane[lane], words.count.plain(listeners), words.count.plain(hearing)];
          for (const [index, cell] of cells.entries()) write(cell, texts[index] ?? "");
        },
      };
    },
  );
  return {
    element: folded(say.audience, figures, element("div", { class: "wide" }, table)),
    show: ({ audience, crowd }) => {
      showFigures(figures, audience);
      const parts = crowd?.parts ?? [];
      table.hidden = parts.length === 0;
      list.show(parts);
    },
  };
}

function showFigures(figures: HTMLElement, audience: AudienceState | undefined): void {
  const told: readonly (readonly [string, number | undefined])[] = [
    [say.now, audience?.listeners],
    [say.reallyHearing, audience?.hearing],
    [say.peak, audience?.peak],
    [say.unique, audience?.unique],
  ];
  const known = told.filter(([, count]) => count !== undefined);
  if (figures.childElementCount !== known.length) {
    figures.replaceChildren(...known.map(() => element("div", {}, element("dt"), element("dd"))));
  }
  for (const [index, [says, count]] of known.entries()) {
    const [term, value] = figures.children[index]?.children ?? [];
    if (term instanceof HTMLElement) write(term, says);
    if (value instanceof HTMLElement) write(value, words.count.plain(count ?? 0));
  }
}
