import { MAX_NAME, readable } from "../../core/text.ts";
import { part, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";

const KEY = "canopy:name";

/** Asks what somebody calls himself, once, and remembers it in this browser. */
export class NameForm {
  readonly #dialog = part("name-dialog", HTMLDialogElement);
  readonly #field = part("name-field", HTMLInputElement);
  #then: ((name: string) => void) | undefined;

  constructor() {
    part("name-form", HTMLFormElement).onsubmit = (event) => {
      const name = readable(this.#field.value, MAX_NAME);
      writeOrHide(part("name-problem", HTMLElement), name === undefined ? words.listener.name.unreadable : undefined);
      if (name === undefined) return event.preventDefault();
      remember(name);
      // After the dialog is closed: what is opened by it must not be closed with it.
      const then = this.#then;
      setTimeout(() => then?.(name));
    };
  }

  /** Calls `then` with the name, at once if it is known; never if the person would rather not say. */
  ask(then: (name: string) => void): void {
    const known = readable(remembered(), MAX_NAME);
    if (known !== undefined) {
      then(known);
      return;
    }
    this.#then = then;
    writeOrHide(part("name-problem", HTMLElement), undefined);
    this.#dialog.showModal();
  }
}

/** Frames in foreign pages may have no storage at all. */
function remembered(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Then it is asked again the next time.
  }
}
