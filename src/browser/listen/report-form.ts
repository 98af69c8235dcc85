import { sendReport } from "../page/api.ts";
import { part, writeOrHide } from "../page/parts.ts";
import { sayNo } from "../page/words.ts";

/**
 * Wires the dialog in which a room is reported to who runs the server.
 *
 * @param onSent it is on its way
 */
export function wireReport(room: string, onSent: () => void): void {
  const dialog = part("report-dialog", HTMLDialogElement);
  const open = part("report-open", HTMLButtonElement);
  const problem = part("report-problem", HTMLElement);
  const text = part("report-text", HTMLTextAreaElement);
  open.hidden = false;
  open.onclick = () => {
    writeOrHide(problem, undefined);
    dialog.showModal();
  };
  part("report-form", HTMLFormElement).onsubmit = (event) => {
    event.preventDefault();
    void send();
  };
  async function send(): Promise<void> {
    const refused = await sendReport(room, part("report-reason", HTMLSelectElement).value, text.value);
    writeOrHide(problem, refused === undefined ? undefined : sayNo({ code: refused.code, says: refused.detail }));
    if (refused !== undefined) return;
    text.value = "";
    dialog.close();
    onSent();
  }
}
