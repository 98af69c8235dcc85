import { KEEP_DAYS } from "../../core/room/recording.ts";
import { deleteRecording } from "../page/api.ts";
import { button, element } from "../page/elements.ts";
import { hide, isOff, switchOff } from "../page/focus.ts";
import { write, writeOrHide } from "../page/parts.ts";
import { sayNo, words } from "../page/words.ts";
import { card } from "./card.ts";
import { confirm } from "./confirm.ts";
import { lock } from "./rules-card.ts";
import type { Ask, Panel, PanelPage } from "./shown.ts";

const say = words.panel.recording;
/** What is offered, in days; the room takes any number up to ten years. */
const DAYS = [1, 7, KEEP_DAYS, 90, 365];

/** Whether the room is recorded, for how long that is kept, and its deletion. @param ticket one's own, for what is asked by HTTP */
export function recordingCard({ room }: PanelPage, ask: Ask, ticket: () => string | undefined): Panel {
  const wanted = lock(say.record, say.recordSays, (on) => ask({ type: "record", on }));
  const days = element("select");
  for (const one of DAYS) days.append(new Option(say.days(one), String(one)));
  let recorded = false;
  days.onchange = () => ask({ type: "record", on: recorded, keepDays: Number(days.value) });
  const keep = element("label", { class: "field" }, element("span", { text: say.keep }), days, element("small", { text: say.keepSays }));
  const liveOnly = element("p", { class: "hint", text: say.liveOnly });
  const kept = element("p", { class: "hint", text: say.kept });
  const replay = element("a", { class: "button", text: say.replay });
  replay.href = `/rooms/${room}/replay`;
  replay.target = "_blank";
  const said = element("p", { class: "hint" });
  said.setAttribute("role", "status");
  said.hidden = true;
  const remove = button({ class: "plain stop", text: say.remove }, () => {
    if (!isOff(remove)) confirm({ title: say.removeTitle, says: say.removeSays, yes: say.removeYes, work: () => void go() });
  });
  const go = async () => {
    const own = ticket();
    if (own === undefined) return;
    switchOff(remove, true);
    writeOrHide(said, say.removing);
    const problem = await deleteRecording(room, own);
    switchOff(remove, false);
    write(said, problem === undefined ? say.removed : sayNo({ code: problem.code, says: problem.detail }));
  };
  const row = element("div", { class: "row" }, replay, remove);
  const whole = card(say.title, liveOnly, wanted.element, keep, kept, row, said);
  return {
    element: whole,
    show: ({ room: state }) => {
      const canBe = state?.recordable === true;
      recorded = state?.recorded === true;
      liveOnly.hidden = canBe || state === undefined;
      wanted.element.hidden = !canBe;
      wanted.show(recorded);
      keep.hidden = !canBe;
      const now = String(state?.keepDays ?? KEEP_DAYS);
      if (![...days.options].some(({ value }) => value === now)) days.append(new Option(say.days(Number(now)), now));
      if (document.activeElement !== days) days.value = now;
      kept.hidden = state?.kept !== true;
      hide(row, state?.kept !== true, () => days);
    },
  };
}
