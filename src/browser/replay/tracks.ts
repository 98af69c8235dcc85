import { heardIn } from "../../core/audio/replay-people.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import { element, icon } from "../page/elements.ts";
import { part, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** How long a file that was fetched is there to be saved, in ms. */
const SAVED_MS = 60_000;

/**
 * Lists what can be taken along: each person's own sound, and the captions.
 *
 * @param ticket that is needed to fetch them, in a private room
 */
export function showTracks(room: string, news: RecordingNews, ticket: string | undefined): void {
  const say = words.replay;
  const path = `/rooms/${encodeURIComponent(room)}/recording`;
  const rows = heardIn(news).map(({ person }) => file(`${path}/${person.track}.ogg`, `${person.name}.ogg`, say.track(person.name), ticket));
  if (news.captioned) rows.push(file(`${path}/captions.vtt`, `${news.title}.vtt`, say.captionsFile, ticket));
  part("track-list", HTMLElement).replaceChildren(...rows);
}

function file(href: string, name: string, says: string, ticket: string | undefined): HTMLElement {
  const link = element("a", {}, icon("download"), element("span", { text: says, dir: "auto" }));
  link.href = href;
  link.download = "";
  if (ticket !== undefined) {
    link.onclick = (event) => {
      event.preventDefault();
      void save(href, name, ticket);
    };
  }
  return element("li", {}, link);
}

/** A link cannot bring a ticket but in its address, where logs and histories would keep it: so the page fetches the file itself. */
async function save(href: string, name: string, ticket: string): Promise<void> {
  const notice = part("notice", HTMLElement);
  try {
    const answer = await fetch(href, { headers: { authorization: `Bearer ${ticket}` } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
    writeOrHide(notice, undefined);
  } catch {
    writeOrHide(notice, words.replay.notFetched);
  }
}
