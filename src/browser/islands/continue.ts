import { type Standing, standingBy } from "../continue/standing.ts";
import { continueRoom, type Problem, readSuccessible } from "../page/api.ts";
import { hide, isOff, switchOff } from "../page/focus.ts";
import { takeGivenTicket } from "../page/given-ticket.ts";
import { copyFrom, island, part, write, writeOrHide } from "../page/parts.ts";
import { keepRescueLinks } from "../page/rescue-links.ts";
import { sayNo, words } from "../page/words.ts";
import { confirm } from "../panel/confirm.ts";

/** While nobody has taken it over, how it stands is asked again this often, in ms, as long as the page is seen. */
const LOOK_MS = 10_000;

/** There is nothing left to listen to. */
const GONE: ReadonlySet<string> = new Set(["room-ended", "room-unknown"]);

const say = words.rescue;
const root = island("continue");
const room = root.dataset["room"] ?? "";
const status = part("status", HTMLElement);
const problem = part("problem", HTMLElement);
const take = part("take", HTMLButtonElement);
const studio = part("studio", HTMLButtonElement);
const again = part("again", HTMLButtonElement);
const keep = part("keep", HTMLButtonElement);
/** The link's ticket outlives a reload of this tab, and is in no address where it could be shared or photographed by mistake. */
const KEY = `canopy:${room}:successor`;

let standing: Standing | undefined;
let isTaking = false;

root.dataset["ready"] = "";
// Another link that is pasted over this page changes only what stands behind its #, which loads nothing by itself.
window.addEventListener("hashchange", () => location.reload());
const { given, ticket: whole } = takeGivenTicket();
if (whole !== undefined) sessionStorage.setItem(KEY, whole);
const ticket = given ? whole : (sessionStorage.getItem(KEY) ?? undefined);
if (ticket === undefined) {
  write(status, given ? say.broken : say.noLink);
  writeOrHide(problem, given ? say.brokenHint : say.noLinkHint);
  part("to-room", HTMLElement).hidden = false;
} else run(ticket);

function run(bearer: string): void {
  take.onclick = () => isOff(take) || ask(bearer);
  studio.onclick = () => isOff(studio) || void takeOver(bearer);
  again.onclick = () => isOff(again) || void look(bearer);
  keep.onclick = () => void copyFrom(keep, `${location.origin}/rooms/${room}/continue#ticket=${bearer}`);
  void look(bearer);
  setInterval(() => {
    const isOpen = standing === undefined || standing.at === "free" || standing.at === "unsure";
    if (isOpen && !isTaking && document.visibilityState === "visible") void look(bearer);
  }, LOOK_MS);
}

async function look(bearer: string): Promise<void> {
  const answer = await readSuccessible(room, bearer);
  // What was asked before he tried says nothing about how it went.
  if (!isTaking) show(standingBy(answer));
}

function ask(bearer: string): void {
  const { title, live, quiet, yes, no } = say.sure;
  const says = standing?.at === "free" && standing.live ? live : quiet;
  confirm({ title, says, yes, no, work: () => void takeOver(bearer) });
}

async function takeOver(bearer: string): Promise<void> {
  if (isTaking) return;
  isTaking = true;
  for (const button of [take, studio]) switchOff(button, true);
  writeOrHide(problem, undefined);
  writeOrHide(status, say.taking);
  const answer = await continueRoom(room, bearer);
  if (!("code" in answer)) {
    keepRescueLinks(answer.room, answer.rescue);
    // In place of this page: who goes back is not to find a button that has done its work.
    location.replace(answer.broadcast);
    return;
  }
  isTaking = false;
  for (const button of [take, studio]) switchOff(button, false);
  show(standingBy(answer, standing));
}

function show(now: Standing): void {
  standing = now;
  const { at } = now;
  writeOrHide(status, statusOf(now));
  writeOrHide(problem, "why" in now ? whyNot(now.why) : undefined);
  const listen = part("listen", HTMLAnchorElement);
  const where = at === "over" || at === "mine" ? now.room : undefined;
  listen.href = `/rooms/${where ?? room}`;
  part("to-room", HTMLElement).hidden = at !== "mine" && !(at === "over" && !GONE.has(now.why.code));
  part("later", HTMLElement).hidden = at !== "free" && at !== "unsure";
  part("reopen", HTMLElement).hidden = at !== "mine";
  const next = () => (at === "free" ? take : at === "mine" ? studio : at === "unsure" ? again : listen);
  hide(part("retry", HTMLElement), at !== "unsure", next);
  hide(part("offer", HTMLElement), at !== "free", next);
}

function statusOf(now: Standing): string | undefined {
  if (now.at === "mine") return say.mine;
  if (now.at !== "free") return undefined;
  return now.live ? say.onAir(now.listeners) : say.quiet(now.listeners);
}

function whyNot({ code, detail }: Problem): string {
  return say.no[code] ?? sayNo({ code, says: detail });
}
