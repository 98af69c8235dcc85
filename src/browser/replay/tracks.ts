import { heardIn } from "../../core/audio/replay-people.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import { element, icon } from "../elements.ts";
import { part } from "../parts.ts";
import { words } from "../words.ts";

/** Lists what can be taken along: each person's own sound, and the captions. */
export function showTracks(room: string, news: RecordingNews): void {
  const say = words.replay;
  const path = `/rooms/${encodeURIComponent(room)}/recording`;
  const rows = heardIn(news).map(({ person }) => file(`${path}/${person.track}.ogg`, say.track(person.name)));
  if (news.captioned) rows.push(file(`${path}/captions.vtt`, say.captionsFile));
  part("track-list", HTMLElement).replaceChildren(...rows);
}

function file(href: string, says: string): HTMLElement {
  const link = element("a", {}, icon("download"), element("span", { text: says, dir: "auto" }));
  link.href = href;
  link.download = "";
  return element("li", {}, link);
}
