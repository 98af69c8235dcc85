import type { Child } from "hono/jsx";
import type { Words } from "../core/say/words.ts";

/** What a dialog's form is: `part` names the dialog, its form, its title and what it says of a mistake. */
type DialogProps = {
  readonly words: Words;
  readonly part: string;
  readonly title: string;
  /** On the button that sends what was filled in. */
  readonly ok: string;
  readonly children?: Child;
};

/** A dialog with a form to fill in: its title, its fields, what is wrong with them, and two ways out. */
export function FormDialog({ words, part, title, ok, children }: DialogProps) {
  return (
    <dialog data-part={`${part}-dialog`} aria-labelledby={`${part}-title`}>
      <form method="dialog" class="stack" data-part={`${part}-form`}>
        <h2 id={`${part}-title`}>{title}</h2>
        {children}
        <p class="note warn" role="alert" data-part={`${part}-problem`} hidden />
        <div class="row end">
          <button type="button" data-close={`${part}-dialog`}>
            {words.cancel}
          </button>
          <button type="submit" class="primary">
            {ok}
          </button>
        </div>
      </form>
    </dialog>
  );
}
