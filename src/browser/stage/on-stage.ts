import type { VoiceLevel } from "../../core/audio/mixer.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { LinkEnd } from "../line/link-mind.ts";
import type { Listening } from "../listen/listen.ts";
import { CLEANED, type MicrophoneChoice } from "../sound/microphone.ts";
import { Broadcasting } from "./broadcast.ts";
import { GuestMemory } from "./speaker-memory.ts";

/**
 * Where a listener is. below: among the listeners, who hear the room by a leaf; coming: he accepted, and microphone or stage are not open yet;
 * up: on stage, where he hears the others directly.
 */
export type StagePhase = "below" | "coming" | "up";

/**
 * A listener who goes up to the stage and back, on the page that he is on: no reload, and no click but the one that accepts.
 *
 * It shows nothing. `onChange` tells when `phase`, `left` or the state of `speaking` has changed.
 */
export class OnStage {
  readonly #room: string;
  readonly #listening: Listening;
  readonly #memory: GuestMemory;
  readonly #onChange: () => void;
  readonly #onLevels: (levels: readonly VoiceLevel[]) => void;
  #speaking: Broadcasting | undefined;
  #phase: StagePhase = "below";
  #left: LinkEnd | undefined;

  /**
   * @param onLevels how loud each of the others on stage is, by voice, some 25 times a second; the speaker's own level is `speaking.mouth.level`
   */
  constructor(room: string, listening: Listening, onChange: () => void, onLevels: (levels: readonly VoiceLevel[]) => void) {
    this.#room = room;
    this.#listening = listening;
    this.#memory = new GuestMemory(room);
    this.#onChange = onChange;
    this.#onLevels = onLevels;
  }

  get phase(): StagePhase {
    return this.#phase;
  }

  /** His engine while he is not below: its `state` is what the host's page shows too (studio.ts), with `mute`, `openMicrophone`, `sides` and so on. */
  get speaking(): Broadcasting | undefined {
    return this.#speaking;
  }

  /** Why he is not on stage any more, or did not get there: 4503 removed, 4505 off stage, 4500 over, 401 or 403 for his ticket. Undefined if he left by himself. */
  get left(): LinkEnd | undefined {
    return this.#left;
  }

  /**
   * Goes up and on air: asks for the microphone, opens the stage, lets the leaf's sound rest. Call it from the click that accepts.
   *
   * @param ticket the one that `you` brought
   * @param choice a microphone; if it is left out, the browser's own, with all cleaning
   */
  async accept(ticket: string, choice: MicrophoneChoice = { deviceId: undefined, cleaning: CLEANED }): Promise<void> {
    this.#memory.ticket = ticket;
    this.#memory.muted = false;
    await this.#goUp(ticket, choice, true);
  }

  /** Was on stage before the page was reloaded: goes up again as he was. False if he was not. */
  resume(choice: MicrophoneChoice = { deviceId: undefined, cleaning: CLEANED }): boolean {
    const { ticket, onAir } = this.#memory;
    if (ticket === undefined || this.#speaking !== undefined) return false;
    void this.#goUp(ticket, choice, onAir);
    return true;
  }

  /** Goes back among the listeners, by his own will. */
  stepDown(): void {
    this.#speaking?.ask({ type: "step-down" });
    this.#goDown(undefined);
  }

  /** A gesture: a chance for microphone and ears that the browser holds back. */
  touched(): void {
    void this.#speaking?.touched();
  }

  async #goUp(ticket: string, choice: MicrophoneChoice, onAir: boolean): Promise<void> {
    this.#speaking?.close();
    const speaking = new Broadcasting(this.#room, ticket, this.#memory, () => this.#changed(speaking), this.#onLevels);
    this.#speaking = speaking;
    this.#phase = "coming";
    this.#left = undefined;
    // Said to the room as soon as there are a stage and a microphone.
    if (onAir) speaking.goOnAir();
    speaking.connect();
    await speaking.openMicrophone(choice);
    this.#changed(speaking);
  }

  #changed(speaking: Broadcasting): void {
    // What an engine says that was left, or is just being made, changes nothing.
    if (this.#speaking !== speaking) return;
    const { link, end, microphone } = speaking.state;
    if (end !== undefined) return this.#goDown(end);
    if (this.#phase === "coming" && link === "open" && microphone !== "opening" && microphone !== "closed") {
      this.#phase = "up";
      // The leaf's sound is a second old, and he would hear himself in it.
      void this.#listening.pause();
    }
    this.#onChange();
  }

  #goDown(why: LinkEnd | undefined): void {
    const speaking = this.#speaking;
    if (speaking === undefined) return;
    const wasUp = this.#phase === "up";
    this.#speaking = undefined;
    this.#phase = "below";
    this.#left = why;
    this.#memory.ticket = undefined;
    this.#memory.onAir = false;
    speaking.close();
    // Who heard the room on stage goes on hearing it, unless he is out of the room, or it is over.
    if (wasUp && (why === undefined || why.code === ENDING["off-stage"].code)) void this.#listening.listen().catch(() => undefined);
    this.#onChange();
  }
}
