import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { LoadFault } from "../sound/load-fault.ts";
import { type Hearing, isOver } from "./hearing.ts";
import type { Listening } from "./listen.ts";
import { VolumeKnob } from "./volume-knob.ts";

/** What works the sound of a listener's page: the big button, volume, keys, the lock screen's and the headset's buttons. */
export class PlayerControls {
  readonly #root: HTMLElement;
  readonly #listening: Listening;
  readonly #button = part("listen", HTMLButtonElement);
  readonly #volume: VolumeKnob;

  /** @param title what a lock screen shows */
  constructor(root: HTMLElement, listening: Listening, title: string) {
    this.#root = root;
    this.#listening = listening;
    this.#button.onclick = () => {
      // Safari gives a clicked button no focus, and M would then do nothing.
      this.#button.focus();
      void this.toggle();
    };
    this.#volume = new VolumeKnob((volume) => {
      listening.volume = volume;
    });
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#mediaSession(title);
  }

  /** True while the listener made the page silent himself. */
  get silenced(): boolean {
    return this.#volume.silenced;
  }

  focus(): void {
    this.#button.focus();
  }

  show(hearing: Hearing): void {
    const isOn = hearing.listening && !isOver(hearing);
    this.#button.toggleAttribute("data-on", isOn);
    this.#button.disabled = isOver(hearing);
    write(part("listen-label", HTMLElement), isOn ? words.listener.pause : words.listener.listen);
    part("volume", HTMLElement).hidden = !hearing.listening;
    part("keys", HTMLElement).hidden = !hearing.listening;
    this.#sayPlayback(hearing);
  }

  /** Listens, or pauses. */
  async toggle(): Promise<void> {
    const listening = this.#listening;
    if (isOver(listening.state)) return;
    writeOrHide(part("notice", HTMLElement), undefined);
    try {
      const done = listening.state.listening ? listening.pause() : listening.listen();
      // Now, and not with the next frame: on a lock screen there is none, and the next press must mean the opposite.
      this.#sayPlayback(listening.state);
      await done;
    } catch (fault) {
      await listening.pause();
      tellFault(fault);
    }
  }

  /** Space anywhere on the page; the letter M only from within the player, because people who speak to their computer say letters. */
  #pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof Element ? event.target : document.body;
    // Whoever types, or is asked something, means the dialog.
    if (target.closest("dialog, input:not([type=range]), textarea, select") !== null) return;
    const isM = event.key === "m" || event.key === "M";
    if (isM && this.#root.contains(target) && this.#listening.state.listening) this.#volume.toggle();
    // A focused button takes the space bar itself.
    if (event.key === " " && target.closest("button, input, a, summary") === null && !isOver(this.#listening.state)) {
      event.preventDefault();
      this.#button.focus();
      void this.toggle();
    }
  }

  #mediaSession(title: string): void {
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: "Canopy" });
    navigator.mediaSession.setActionHandler("play", () => void this.#toggleTo(true));
    navigator.mediaSession.setActionHandler("pause", () => void this.#toggleTo(false));
    navigator.mediaSession.setActionHandler("stop", () => void this.#toggleTo(false));
    try {
      // Live: no length, and nowhere to seek to.
      navigator.mediaSession.setPositionState({ duration: Number.POSITIVE_INFINITY });
    } catch {
      // Some browsers want a number here; they show the silent file's ten seconds.
    }
  }

  async #toggleTo(on: boolean): Promise<void> {
    if (this.#listening.state.listening !== on) await this.toggle();
  }

  #sayPlayback(hearing: Hearing): void {
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.playbackState = hearing.listening ? "playing" : isOver(hearing) ? "none" : "paused";
  }
}

/** Tells why there is no sound. */
export function tellFault(fault: unknown): void {
  const why = fault instanceof Error ? ` (${fault.message})` : "";
  const says = fault instanceof LoadFault ? words.listener.notLoaded : words.listener.noSound(why);
  writeOrHide(part("notice", HTMLElement), says);
}
