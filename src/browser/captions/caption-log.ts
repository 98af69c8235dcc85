import type { RoomInstant } from "../../core/audio/player.ts";
import type { CaptionsState } from "../../core/wire/messages.ts";
import { element } from "../page/elements.ts";
import { part } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { CaptionTimeline, type ShownLine } from "./timeline.ts";

/** What a browser remembers, for all rooms: that its owner wants to read. */
const SHOWN_KEY = "canopy:captions";
/** Lines that can be read back; older ones go. */
const MOST_LINES = 60;
/** Who has scrolled back by more than this, in px, is reading, and is left there. */
const READING_PX = 24;

/**
 * Captions under the player, and the button that shows and hides them. What is certain goes into a log that screen readers follow; what is still
 * being said stands below it and is told to nobody, because it changes with each word.
 */
export class CaptionLog {
  readonly #box = part("captions", HTMLElement);
  readonly #roll = part("captions-roll", HTMLElement);
  readonly #log = part("captions-log", HTMLElement);
  readonly #now = part("captions-now", HTMLElement);
  readonly #button = part("cc", HTMLButtonElement);
  readonly #timeline = new CaptionTimeline();
  #lastVoice: number | undefined;
  #isWanted = remembered() === "on";
  #speaking = "";

  /** @param root from within which the key C works, as M does */
  constructor(root: HTMLElement) {
    this.#button.onclick = () => this.#want(!this.#isWanted);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !(event.target instanceof Element)) return;
      if (event.key !== "c" && event.key !== "C") return;
      // People who speak to their computer say letters: only from within the player.
      if (!root.contains(event.target) || event.target.closest("dialog, input:not([type=range]), textarea, select") !== null) return;
      if (!this.#button.hidden) this.#want(!this.#isWanted);
    });
    this.#showWanted();
  }

  /** True while its owner wants to read. */
  get isShown(): boolean {
    return this.#isWanted;
  }

  /**
   * @param isHere the listener hears the room, or is on stage
   * @param at what sounds now
   */
  show(isHere: boolean, captions: CaptionsState | undefined, at: RoomInstant | undefined): void {
    this.#button.hidden = !isHere;
    this.#box.hidden = !isHere || !this.#isWanted;
    if (captions === undefined || !isHere) return;
    this.#timeline.told(captions);
    const { finals, speaking } = this.#timeline.show(at);
    const atEnd = this.#roll.scrollHeight - this.#roll.scrollTop - this.#roll.clientHeight < READING_PX;
    for (const line of finals) this.#append(line);
    const said = speaking.map(({ key, text }) => `${key} ${text}`).join("\n");
    if (said !== this.#speaking) {
      this.#speaking = said;
      this.#now.replaceChildren(
        ...speaking.map((line, index) => row(line, (speaking[index - 1]?.voice ?? this.#lastVoice) !== line.voice)),
      );
    } else if (finals.length === 0) return;
    part("captions-none", HTMLElement).hidden = true;
    if (atEnd) this.#roll.scrollTop = this.#roll.scrollHeight;
  }

  #append(line: ShownLine): void {
    this.#log.append(row(line, line.voice !== this.#lastVoice));
    this.#lastVoice = line.voice;
    while (this.#log.childElementCount > MOST_LINES) this.#log.firstElementChild?.remove();
  }

  #want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    remember(isWanted ? "on" : "off");
    this.#showWanted();
    this.#roll.scrollTop = this.#roll.scrollHeight;
  }

  #showWanted(): void {
    this.#button.setAttribute("aria-pressed", String(this.#isWanted));
    this.#button.title = this.#isWanted ? words.captions.hide : words.captions.show;
    this.#box.hidden = !this.#isWanted || this.#button.hidden;
  }
}

/** A line with its speaker's name, which is seen where it is another than before, and always told. */
function row({ name, text }: ShownLine, isOther: boolean): HTMLElement {
  const who = element("span", { class: isOther ? "who" : "sr", text: `${name}: `, dir: "auto" });
  return element("p", { dir: "auto" }, who, element("span", { text }));
}

/** Frames in foreign pages may have no storage at all. */
function remembered(): string | undefined {
  try {
    return localStorage.getItem(SHOWN_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(shown: "on" | "off"): void {
  try {
    localStorage.setItem(SHOWN_KEY, shown);
  } catch {
    // It lasts as long as the page.
  }
}
