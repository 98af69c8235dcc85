import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import type { SideSounds } from "./side-sounds.ts";
import type { Studio } from "./studio.ts";

const say = words.studio.side;

/** The studio's card for jingles and guests: a sound file and a browser tab that are mixed in. */
export class SideForm {
  readonly #card = part("side", HTMLDetailsElement);
  readonly #play = part("side-play", HTMLButtonElement);
  readonly #volume = part("side-volume", HTMLInputElement);
  readonly #tab = part("side-tab", HTMLButtonElement);
  #playing = false;
  #sharing = false;

  constructor(sides: SideSounds) {
    const file = part("side-file", HTMLInputElement);
    file.onchange = () => {
      const chosen = file.files?.[0];
      if (chosen !== undefined) void sides.choose(chosen);
    };
    this.#play.onclick = () => (this.#playing ? sides.stop() : sides.play());
    this.#volume.oninput = () => {
      sides.volume = Number(this.#volume.value) / 100;
    };
    this.#tab.onclick = () => (this.#sharing ? sides.closeTab() : void sides.openTab());
  }

  show({ file, tab, sideFault, microphone, end }: Studio): void {
    this.#card.hidden = microphone !== "open" || end !== undefined;
    this.#playing = file?.playing === true;
    this.#sharing = tab !== undefined;
    part("side-player", HTMLElement).hidden = file === undefined;
    write(this.#play, this.#playing ? say.stop : say.play);
    write(this.#tab, tab === undefined ? say.tab : say.tabOn(tab));
    writeOrHide(part("side-fault", HTMLElement), sideFault === undefined ? undefined : say.fault[sideFault]);
  }
}
