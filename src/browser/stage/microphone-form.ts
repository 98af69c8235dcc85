import { words } from "../page/words.ts";
import { type MicrophoneChoice, microphones } from "../sound/microphone.ts";

const SWITCHES = "canopy:switches";
const DEVICE = "canopy:device";

/** The host's choice of microphone and of what cleans its sound, as the page shows it; remembered until the tab is closed. */
export class MicrophoneForm {
  readonly #device: HTMLSelectElement;
  readonly #switches: readonly HTMLInputElement[];

  /** @param onChoice the host chose something else */
  constructor(device: HTMLSelectElement, switches: readonly HTMLInputElement[], onChoice: () => void) {
    this.#device = device;
    this.#switches = switches;
    const saved = sessionStorage.getItem(SWITCHES)?.split(",");
    for (const one of switches) {
      if (saved !== undefined) one.checked = saved.includes(one.name);
      one.onchange = onChoice;
    }
    device.onchange = () => {
      sessionStorage.setItem(DEVICE, device.value);
      onChoice();
    };
  }

  /** What is chosen now. A device that was never chosen is the browser's own choice. */
  choice(): MicrophoneChoice {
    const on = this.#switches.filter(({ checked }) => checked).map(({ name }) => name);
    sessionStorage.setItem(SWITCHES, on.join(","));
    return {
      deviceId: sessionStorage.getItem(DEVICE) ?? undefined,
      cleaning: {
        noiseSuppression: on.includes("noiseSuppression"),
        echoCancellation: on.includes("echoCancellation"),
        autoGainControl: on.includes("autoGainControl"),
      },
    };
  }

  /** Lists the microphones there are, with the one in use chosen. */
  async list(used: string | undefined): Promise<void> {
    const found = await microphones();
    const options = found.map(({ id, label }, index) => new Option(label === "" ? words.studio.microphone.nameless(index + 1) : label, id));
    this.#device.replaceChildren(...options);
    if (used !== undefined) this.#device.value = used;
  }
}
