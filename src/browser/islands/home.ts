import { isFields, parseObject } from "../../core/json.ts";
import { type CreatedRoom, createRoom, type Problem } from "../api.ts";
import { copyFrom, island, part, writeOrHide } from "../parts.ts";
import { sayNo, words } from "../words.ts";

const form = part("form", HTMLFormElement);
const made = part("made", HTMLElement);
const problem = part("problem", HTMLElement);
const create = part("create", HTMLButtonElement);
const keyField = part("key-field", HTMLElement);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
// Before this, a click would have sent the form to nowhere.
create.disabled = false;
island("home").dataset["ready"] = "";
void showLobby();

async function submit(): Promise<void> {
  const data = new FormData(form);
  const said = (name: string) => String(data.get(name) ?? "").trim();
  const [title, room, key] = [said("title"), said("room"), said("key")];
  create.disabled = true;
  writeOrHide(problem, undefined);
  const wanted = { title, listed: data.get("listed") !== null, ...(room !== "" && { room }) };
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

function showMade({ page, broadcast, successorTickets }: CreatedRoom): void {
  form.hidden = true;
  made.hidden = false;
  part("page-url", HTMLOutputElement).value = page;
  part("broadcast-url", HTMLOutputElement).value = broadcast;
  part("open-studio", HTMLAnchorElement).href = broadcast;
  for (const [name, link] of [
    ["copy-page", page],
    ["copy-broadcast", broadcast],
  ] as const) {
    const button = part(name, HTMLButtonElement);
    button.onclick = () => void copyFrom(button, link);
  }
  showSuccessors(successorTickets);
  made.focus();
}

/** The tickets of those who may go on with the audience: shown only now, too. */
function showSuccessors(tickets: readonly string[]): void {
  const fields = [...document.querySelectorAll<HTMLElement>('[data-part="successor"]')];
  part("successors", HTMLElement).hidden = tickets.length === 0;
  for (const [index, field] of fields.entries()) {
    const ticket = tickets[index];
    const output = field.querySelector("output");
    const button = field.querySelector("button");
    field.hidden = ticket === undefined;
    if (ticket === undefined || output === null || button === null) continue;
    output.value = ticket;
    button.onclick = () => void copyFrom(button, ticket);
  }
}

/** Rooms that asked to be listed. Nobody came for them: if they cannot be had, they are not shown. */
async function showLobby(): Promise<void> {
  // Whoever has just made a room looks for it here: an answer of some seconds ago does not have it.
  const text = await fetch("/api/lobby", { cache: "no-cache" }).then(
    (response) => response.text(),
    () => "",
  );
  const rooms = parseObject(text)?.["rooms"];
  if (!Array.isArray(rooms)) return;
  const items = rooms.map(itemOf).filter((item) => item !== undefined);
  part("rooms", HTMLUListElement).replaceChildren(...items);
  part("lobby", HTMLElement).hidden = items.length === 0;
}

function itemOf(room: unknown): HTMLLIElement | undefined {
  if (!isFields(room)) return undefined;
  const { room: name, title } = room;
  if (typeof name !== "string" || typeof title !== "string") return undefined;
  const link = document.createElement("a");
  link.href = `/rooms/${encodeURIComponent(name)}`;
  link.textContent = title;
  const item = document.createElement("li");
  item.append(link);
  return item;
}
