import { type CrowdProgress, expectCrowd, readCrowd } from "../page/api.ts";
import { write } from "../page/parts.ts";
import { sayNo, words } from "../page/words.ts";
import { isWaking, sayCrowd } from "./say-crowd.ts";

/** While a room gets ready it is asked how far it is, this often, in ms. */
const ASK_MS = 1_000;
/** And afterwards this often: it may be full one day. */
const LOOK_MS = 30_000;

/** The host says that a crowd may come, and sees the room get ready for it. */
export class CrowdForm {
  readonly #room: string;
  readonly #ticket: string;
  readonly #number: HTMLInputElement;
  readonly #says: HTMLElement;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(room: string, ticket: string, form: HTMLFormElement, number: HTMLInputElement, says: HTMLElement) {
    this.#room = room;
    this.#ticket = ticket;
    this.#number = number;
    this.#says = says;
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.#prepare(number.valueAsNumber);
    };
  }

  /** Shows how far the room is, as it is now. */
  async open(): Promise<void> {
    const told = await readCrowd(this.#room, this.#ticket);
    if (told === undefined) return;
    if (told.expected > 0 && this.#number.value === "") this.#number.value = String(told.expected);
    this.#show(told);
  }

  async #prepare(listeners: number): Promise<void> {
    write(this.#says, words.studio.crowd.preparing);
    const told = await expectCrowd(this.#room, this.#ticket, listeners);
    if ("code" in told) write(this.#says, sayNo({ code: told.code, says: told.detail }));
    else this.#show(told);
  }

  #show(progress: CrowdProgress): void {
    write(this.#says, sayCrowd(progress));
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.open(), isWaking(progress) ? ASK_MS : LOOK_MS);
  }
}
