import { MAX_NAME } from "../../core/text.ts";
import { button, element } from "../page/elements.ts";
import { words } from "../page/words.ts";
import { audienceCard } from "./audience-card.ts";
import { folded } from "./card.ts";
import { handsCard } from "./hands-card.ts";
import { questionsCard } from "./questions-card.ts";
import { recordingCard } from "./recording-card.ts";
import { rulesCard, textForm } from "./rules-card.ts";
import { type Ask, mayRun, type Panel, type PanelPage } from "./shown.ts";
import { stageCard } from "./stage-card.ts";
import { successorsCard } from "./successors-card.ts";

const say = words.panel;

/** All that who runs the room may do, and that the others on stage may see. */
export function makePanel(page: PanelPage, ask: Ask, ticket: () => string | undefined): Panel {
  const offer = takeOver(ask);
  const forAll = [stageCard(ask), audienceCard(), myName(ask)];
  const forHosts = [handsCard(ask), questionsCard(ask), successorsCard(), rulesCard(page, ask), recordingCard(page, ask, ticket)];
  const [stage, audience, name] = forAll;
  const [hands, questions, successors, rules, recording] = forHosts;
  const inOrder = [offer, hands, stage, questions, recording, successors, audience, rules, name].filter((one) => one !== undefined);
  return {
    element: element("div", { class: "cards" }, ...inOrder.map((one) => one.element)),
    show: (studio) => {
      const runs = mayRun(studio);
      for (const one of forHosts) one.element.hidden = !runs;
      for (const one of inOrder) one.show(studio);
    },
  };
}

/** The first thing that a co-host sees when the host is gone and it is his turn. */
function takeOver(ask: Ask): Panel {
  const go = button({ class: "primary", text: say.takeOver }, () => ask({ type: "take-over" }));
  const says = element("p", { text: say.takeOverSays });
  const whole = element("section", { class: "offer note warn stack", label: say.takeOver }, says, go);
  whole.setAttribute("role", "alert");
  return {
    element: whole,
    show: ({ people, session }) => {
      whole.hidden = session === undefined || people?.mayTakeOver?.includes(session) !== true;
    },
  };
}

function myName(ask: Ask): Panel {
  const form = textForm(say.myName, say.callMe, MAX_NAME, (name) => ask({ type: "call-me", name }));
  // The card's own title says it already; the field's name is for who hears it.
  form.element.querySelector("label > span")?.classList.add("sr");
  return {
    element: folded(say.myName, form.element),
    show: ({ stage, session }) => form.show(stage?.speakers.find((one) => one.session === session)?.name ?? ""),
  };
}
