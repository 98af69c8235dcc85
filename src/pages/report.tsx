import { MAX_REPORT, REPORT_REASONS } from "../core/report.ts";
import type { Words } from "../core/say/words.ts";
import { FormDialog } from "./dialog.tsx";

/** The way to tell the operator that something is wrong with a room; only where it would reach somebody. */
export function Report({ words }: { readonly words: Words }) {
  const say = words.listener.report;
  return (
    <>
      <button class="plain report" type="button" data-part="report-open" hidden>
        {say.open}
      </button>
      <FormDialog words={words} part="report" title={say.title} ok={say.send}>
        <small>{say.says}</small>
        <label class="field">
          <span class="sr">{say.title}</span>
          <select data-part="report-reason">
            {REPORT_REASONS.map((reason) => (
              <option value={reason}>{say.reason[reason]}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>
            {say.text} <em>{words.welcome.optional}</em>
          </span>
          <textarea rows={3} maxlength={MAX_REPORT} dir="auto" data-part="report-text" />
        </label>
      </FormDialog>
    </>
  );
}
