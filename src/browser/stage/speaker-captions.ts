import { languageLabel, languagesFor } from "../captions/languages.ts";
import { Recognition } from "../captions/recognition.ts";
import { recognizerIn } from "../captions/recognizer.ts";
import { type SpokenLine, SpokenLines } from "../captions/spoken-lines.ts";
import type { Voiced } from "../captions/talkspurts.ts";
import { part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import type { Studio } from "./studio.ts";

/** What a browser remembers, for all rooms: the language that its owner speaks. */
const LANGUAGE_KEY = "canopy:caption-language";

/** Whose words are written down. */
export type CaptionedSpeaker = {
  readonly mouth: { readonly track: MediaStreamTrack | undefined; readonly voiced: Voiced | undefined };
  caption(line: SpokenLine): void;
};

/**
 * A speaker's own captions, in the studio and on the page of a listener who came up: off until he switches them on, and told where his voice goes
 * before it goes anywhere. The recognizer hears only while the audience does.
 */
export class SpeakerCaptions {
  readonly #on = part("caption-on", HTMLInputElement);
  readonly #language = part("caption-language", HTMLSelectElement);
  readonly #says = part("caption-says", HTMLElement);
  readonly #heard = part("caption-heard", HTMLElement);
  readonly #consent = part("caption-consent", HTMLDialogElement);
  readonly #memory: string;
  readonly #onChange: () => void;
  readonly #lines = new SpokenLines(Math.random().toString(36).slice(2, 10));
  readonly #recognition: Recognition;
  #speaker: CaptionedSpeaker | undefined;
  #understood = "";

  /** @param onChange there is news to be shown */
  constructor(room: string, onChange: () => void) {
    this.#memory = `canopy:${room}:captions`;
    this.#onChange = onChange;
    this.#recognition = new Recognition(recognizerIn(window), {
      understood: (said) => this.#tell(this.#lines.understood(said, this.#speaker?.mouth.voiced, performance.now())),
      ended: () => this.#tell(this.#lines.end(this.#speaker?.mouth.voiced, performance.now())),
      changed: () => this.#changed(),
    });
    this.#offerLanguages();
    this.#on.onchange = () => (this.#on.checked ? this.#enable(false) : this.#disable());
    this.#language.onchange = () => this.#chosen();
    this.#consent.onclose = () => this.#answered();
    this.#resume();
  }

  /** @param speaker the engine of who is on stage here, and its `state`; undefined for who is not */
  show(speaker: CaptionedSpeaker | undefined, state: Studio | undefined): void {
    this.#speaker = speaker;
    // Who is heard by nobody is not listened to by a machine either.
    const isHeard = state?.onAir === true && state.link === "open" && !state.muted && !state.mutedInRoom && state.microphone === "open";
    if (isHeard && speaker?.mouth.track !== undefined) this.#recognition.listen(speaker.mouth.track);
    else this.#recognition.rest();
    write(this.#says, this.#saying());
    writeOrHide(this.#heard, this.#on.checked && this.#understood !== "" ? this.#understood : undefined);
  }

  #tell(lines: readonly SpokenLine[]): void {
    for (const line of lines) {
      this.#understood = line.text;
      this.#speaker?.caption(line);
    }
    if (lines.length > 0) this.#onChange();
  }

  #enable(consented: boolean): void {
    void this.#recognition.enable(this.#language.value, consented);
  }

  #disable(): void {
    sessionStorage.removeItem(this.#memory);
    this.#understood = "";
    this.#recognition.disable();
  }

  #chosen(): void {
    localStorage.setItem(LANGUAGE_KEY, this.#language.value);
    if (this.#on.checked) this.#enable(this.#hasConsented());
  }

  #hasConsented(): boolean {
    return sessionStorage.getItem(this.#memory) === "service";
  }

  /** Switched on before a reload: it goes on, and where it went to was accepted then. */
  #resume(): void {
    if (sessionStorage.getItem(this.#memory) === null) return;
    this.#on.checked = true;
    this.#enable(this.#hasConsented());
  }

  #answered(): void {
    if (this.#consent.returnValue === "accept") this.#recognition.accept();
    else if (this.#recognition.state.phase === "consent") {
      this.#on.checked = false;
      this.#disable();
    }
  }

  #changed(): void {
    const { phase, where } = this.#recognition.state;
    if (phase === "ready" && where !== undefined) sessionStorage.setItem(this.#memory, where);
    if (phase === "fault") this.#on.checked = false;
    if (phase !== "consent" && this.#consent.open) this.#consent.close("");
    if (phase === "consent" && !this.#consent.open) {
      this.#consent.returnValue = "";
      this.#consent.showModal();
    }
    this.#onChange();
  }

  #saying(): string {
    const say = words.captions;
    const { phase, where, why } = this.#recognition.state;
    if (why !== undefined) return say.fault[why];
    switch (phase) {
      case "off":
      case "fault":
        return say.off;
      case "checking":
      case "consent":
        return say.checking;
      case "installing":
        return say.installing;
      case "ready":
        return say.waiting;
      case "listening":
        return where === "service" ? say.byService : say.onDevice;
    }
  }

  #offerLanguages(): void {
    const known = languagesFor(navigator.languages);
    const chosen = localStorage.getItem(LANGUAGE_KEY) ?? known[0];
    for (const tag of known) this.#language.add(new Option(languageLabel(tag, words.language), tag, false, tag === chosen));
  }
}
