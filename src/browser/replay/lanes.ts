import type { VoiceLevel } from "../../core/audio/mixer.ts";
import { drawSpells, type Heard, heardIn, nextSpell, trackOf } from "../../core/audio/replay-people.ts";
import { clockOf } from "../../core/moment.ts";
import { initialOf, tintOf } from "../../core/say/face.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import { Rings } from "../listen/rings.ts";
import { button, element, List, type Row } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Who spoke when: for each person a face whose ring follows his voice, and a strip along the recording. */
export class Lanes {
  readonly #parent: HTMLElement;
  readonly #seek: (ms: number) => void;
  readonly #positionMs: () => number;
  readonly #list: List<Heard>;
  readonly #rings = new Rings<number>();
  #news: RecordingNews | undefined;
  #durationMs = 1;

  constructor(parent: HTMLElement, positionMs: () => number, seek: (ms: number) => void) {
    this.#parent = parent;
    this.#positionMs = positionMs;
    this.#seek = seek;
    this.#list = new List(
      parent,
      ({ person }) => String(person.track),
      (heard) => this.#lane(heard),
    );
  }

  /** Shows these people; true if there are any. */
  show(news: RecordingNews, durationMs: number): boolean {
    if (news === this.#news) return this.#parent.children.length > 0;
    this.#news = news;
    this.#durationMs = Math.max(1, durationMs);
    this.#list.show(heardIn(news));
    return this.#parent.children.length > 0;
  }

  /** What sounds just now; voices are of that epoch. */
  heard(levels: readonly VoiceLevel[], epoch: number | undefined): void {
    const people = this.#news?.people;
    if (people === undefined || epoch === undefined) return;
    for (const { voice, rms } of levels) {
      const track = trackOf(people, epoch, voice);
      if (track !== undefined) this.#rings.heard(track, rms);
    }
  }

  /** Once per animation frame. */
  frame(): void {
    this.#rings.frame();
    this.#parent.style.setProperty("--at", Math.min(1, this.#positionMs() / this.#durationMs).toFixed(4));
  }

  #lane({ person }: Heard): Row<Heard> {
    let shown: Heard | undefined;
    const initial = element("span", { text: initialOf(person.name) });
    const face = element("span", { class: "face", data: { tint: String(tintOf(person.name)) } }, initial);
    face.setAttribute("aria-hidden", "true");
    const name = element("b", { class: "name", dir: "auto" });
    const spoke = element("small");
    spoke.setAttribute("aria-hidden", "true");
    const does = element("span", { class: "sr" });
    const next = button(
      { class: "plain" },
      () => {
        const ms = shown && nextSpell(shown, this.#positionMs() + 500);
        if (ms !== undefined) this.#seek(ms);
      },
      face,
      name,
      spoke,
      does,
    );
    const path = document.createElementNS(SVG, "path");
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("preserveAspectRatio", "none");
    drawing.append(path);
    // For eyes and fingers; whoever uses neither has the button above, and the bar below.
    const strip = element("div", { class: "strip", data: { tint: String(tintOf(person.name)) } });
    strip.setAttribute("aria-hidden", "true");
    strip.append(drawing);
    strip.onclick = ({ clientX }) => {
      const { left, width } = strip.getBoundingClientRect();
      this.#seek(((clientX - left) / Math.max(1, width)) * this.#durationMs);
    };
    this.#rings.follow(person.track, face);
    return {
      element: element("li", { class: "lane" }, next, strip),
      show: (heard) => {
        shown = heard;
        write(name, heard.person.name);
        write(spoke, clockOf(heard.spokeMs));
        write(does, words.replay.next(words.replay.length(heard.spokeMs)));
        drawing.setAttribute("viewBox", `0 0 ${this.#durationMs} 1`);
        path.setAttribute("d", drawSpells(heard.spells));
      },
    };
  }
}
