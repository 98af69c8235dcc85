import type { Broadcasting } from "../stage/broadcast.ts";
import type { Panel, PanelPage } from "./shown.ts";
import { mayRun } from "./shown.ts";

/** The panel of who runs the room, on whichever page he is. Its code comes when there is somebody whose panel it is. */
export class StagePanel {
  readonly #place: HTMLElement;
  readonly #page: PanelPage;
  #panel: Panel | undefined;
  #loading = false;
  #speaking: Broadcasting | undefined;

  constructor(place: HTMLElement, page: PanelPage) {
    this.#place = place;
    this.#page = page;
  }

  /** @param speaking the engine of who is on stage; undefined for who is not */
  show(speaking: Broadcasting | undefined): void {
    this.#speaking = speaking;
    const isShown = speaking !== undefined && speaking.state.end === undefined && (this.#page.isStudio || mayRun(speaking.state));
    this.#place.hidden = !isShown;
    if (!isShown) return;
    if (this.#panel === undefined) void this.#load();
    else this.#panel.show(speaking.state);
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const { makePanel } = await import("./panel.ts").finally(() => {
      this.#loading = false;
    });
    this.#panel = makePanel(
      this.#page,
      (said) => this.#speaking?.ask(said) ?? false,
      () => this.#speaking?.ticket,
    );
    this.#place.replaceChildren(this.#panel.element);
    if (this.#speaking !== undefined) this.#panel.show(this.#speaking.state);
  }
}
