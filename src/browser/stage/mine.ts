import { hide } from "../page/focus.ts";
import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import type { OnStage } from "./on-stage.ts";
import { sayWarning } from "./say-studio.ts";
import type { Studio } from "./studio.ts";

/** The meter's left end, in −dBov: what is softer is no speech. */
const METER_FLOOR = 60;

/** What a listener who came up to the stage works there: his microphone, the way back, a sound check. */
export class Mine {
  readonly #bar = part("mine", HTMLElement);
  readonly #mute = part("mine-mute", HTMLButtonElement);
  readonly #on = part("mine-on", HTMLButtonElement);
  readonly #check = part("mine-check", HTMLButtonElement);
  readonly #standBy = part("mine-standby", HTMLButtonElement);
  readonly #says = part("mine-says", HTMLElement);
  readonly #onStage: OnStage;

  constructor(onStage: OnStage) {
    this.#onStage = onStage;
    this.#mute.onclick = () => {
      const { speaking } = onStage;
      if (speaking !== undefined && !speaking.state.muteLocked) speaking.mute(!speaking.state.muted);
    };
    this.#on.onclick = () => onStage.speaking?.goOnAir();
    this.#check.onclick = () => onStage.speaking?.rehearse();
    this.#standBy.onclick = () => onStage.speaking?.ask({ type: "standby", on: onStage.speaking?.state.standsBy !== true });
    part("step-down", HTMLButtonElement).onclick = () => onStage.stepDown();
  }

  /** @param next takes the keyboard's place when this goes away */
  show(next: () => HTMLElement): void {
    const state = this.#onStage.speaking?.state;
    hide(this.#bar, state === undefined, next);
    if (state === undefined) return;
    this.#mute.setAttribute("aria-pressed", String(state.muted));
    this.#mute.setAttribute("aria-disabled", String(state.muteLocked));
    write(part("mine-mute-label", HTMLElement), state.muted ? words.studio.unmute : words.studio.mute);
    this.#standBy.setAttribute("aria-pressed", String(state.standsBy));
    // Whoever is not on air yet may try his sound first.
    hide(this.#on, state.wanted, () => this.#mute);
    hide(this.#check, state.wanted || state.rehearsing, () => this.#mute);
    writeOrHide(this.#says, sayWarning(state) ?? sayMine(state));
    writeOrHide(part("mine-recorded", HTMLElement), state.room?.recorded === true ? words.listener.stage.recorded : undefined);
  }

  /** Once per animation frame: one CSS variable. */
  frame(): void {
    const { speaking } = this.#onStage;
    if (speaking === undefined) return;
    const share = speaking.state.muted ? 0 : Math.max(0, 1 - speaking.mouth.level / METER_FLOOR);
    this.#mute.style.setProperty("--level", share.toFixed(2));
    part("mine-level", HTMLMeterElement).value = Math.round(share * 100);
  }
}

function sayMine(state: Studio): string {
  const say = words.listener.stage;
  if (state.link !== "open") return words.studio.connecting;
  if (state.microphone === "opening") return words.studio.openingMicrophone;
  if (state.microphone === "held" || state.earsHeld) return words.listener.held;
  if (state.rehearsing) return say.off;
  if (state.muteLocked) return say.locked;
  if (state.muted) return say.muted;
  if (state.onAir && state.standsBy) return state.steppedIn ? words.studio.steppedIn : words.studio.standingBy;
  return state.onAir ? say.heard : words.studio.going;
}
