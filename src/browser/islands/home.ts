import { roomNameFrom } from "../../core/ids.ts";
import { whenIn } from "../../core/say/when.ts";
import { MAX_TITLE, readable } from "../../core/text.ts";
import { ScheduleFields } from "../evening/schedule-form.ts";
import { type CreatedRoom, createRoom, type Problem } from "../page/api.ts";
import { checkField } from "../page/field-check.ts";
import { copyFrom, island, part, writeOrHide } from "../page/parts.ts";
import { keepRescueLinks } from "../page/rescue-links.ts";
import { sayNo, words } from "../page/words.ts";

/** What is on air and what comes is looked at anew this often, in ms, while the page is seen. */
const LOBBY_MS = 60_000;

const form = part("form", HTMLFormElement);
const made = part("made", HTMLElement);
const problem = part("problem", HTMLElement);
const create = part("create", HTMLButtonElement);
const keyField = part("key-field", HTMLElement);
const later = part("later", HTMLDetailsElement);
const schedule = new ScheduleFields();

const title = part("title", HTMLInputElement);
const name = part("room", HTMLInputElement);
checkField(title, (text) => readable(text, MAX_TITLE) !== undefined, words.welcome.aboutRule(MAX_TITLE));
// Before the browser looks whether it is one: “Night walk” is what people type.
name.addEventListener("change", () => {
  name.value = roomNameFrom(name.value);
});
// What is folded away is not asked for; a browser may have opened it again with the page.
const askForLater = () => {
  schedule.asked = later.open;
};
later.addEventListener("toggle", askForLater);
askForLater();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
// Before this, a click would have sent the form to nowhere.
create.disabled = false;
island("home").dataset["ready"] = "";
tellTimes();
setInterval(() => void renewLobby(), LOBBY_MS);

async function submit(): Promise<void> {
  const data = new FormData(form);
  const said = (name: string) => String(data.get(name) ?? "").trim();
  const [title, room, key] = [said("title"), said("room"), said("key")];
  create.disabled = true;
  writeOrHide(problem, undefined);
  const wanted = {
    title,
    listed: data.get("listed") !== null,
    ...(room !== "" && { room }),
    schedule: later.open ? schedule.wanted : undefined,
    ...(data.get("record") !== null && { record: {} }),
  };
  const answer = await createRoom(wanted, key === "" ? undefined : key);
  create.disabled = false;
  if ("code" in answer) showProblem(answer, key !== "");
  else showMade(answer);
}

function showProblem(answer: Problem, hadKey: boolean): void {
  if (answer.code !== "create-key-wrong") {
    writeOrHide(problem, sayNo({ code: answer.code, says: answer.detail }));
    return;
  }
  writeOrHide(problem, hadKey ? words.welcome.keyWrong : words.welcome.keyNeeded);
  keyField.hidden = false;
  keyField.querySelector("input")?.focus();
}

function showMade({ room, page, broadcast, rescue }: CreatedRoom): void {
  form.hidden = true;
  made.hidden = false;
  // The studio opens in this tab, and has them at hand too.
  keepRescueLinks(room, rescue);
  showLink("page", page);
  showLink("broadcast", broadcast);
  const [first, second] = rescue;
  part("rescue", HTMLElement).hidden = first === undefined || second === undefined;
  if (first !== undefined) showLink("rescue", first);
  if (second !== undefined) showLink("second-rescue", second);
  part("open-studio", HTMLAnchorElement).href = broadcast;
  made.focus();
}

/** A link, and the button that copies it. */
function showLink(name: string, link: string): void {
  part(`${name}-url`, HTMLOutputElement).value = link;
  const button = part(`copy-${name}`, HTMLButtonElement);
  button.onclick = () => void copyFrom(button, link);
}

/** The server's own times are told in the zone of each room; here they are told in the reader's, where that is another. */
function tellTimes(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-part="when"]')) {
    const here = whenIn(words.language, Date.parse(time.dateTime));
    if (time.textContent !== here) time.parentElement?.append(document.createElement("br"), words.doors.yours(here));
  }
}

/** The lobby as the server shows it now. Nobody came for it: where it cannot be had, it stays as it was. */
async function renewLobby(): Promise<void> {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => undefined);
  if (answer?.ok !== true) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('[data-part="lobby"]');
  const shown = part("lobby", HTMLElement);
  // Who is on his way through it with the keyboard is not thrown out.
  if (fresh === null || shown.contains(document.activeElement)) return;
  shown.replaceWith(document.adoptNode(fresh));
  tellTimes();
}
