import { isCount, parseObject } from "../json.ts";

/** What a node reports of all that hangs below it: a total with a revision, so that a lost or doubled report does no harm. */
export type TallyReport = { readonly revision: number; readonly listeners: number };

/** Counts of all children, merged; each child's newest report alone counts. */
export class Tally<Child> {
  readonly #reports = new Map<Child, TallyReport>();

  /** Replaces what `child` said before; a report that comes twice or late changes nothing. */
  record(child: Child, report: TallyReport): boolean {
    const before = this.#reports.get(child);
    if (before !== undefined && before.revision >= report.revision) return false;
    this.#reports.set(child, report);
    return before?.listeners !== report.listeners;
  }

  /** A child that is gone counts no more; its listeners are counted where they come back. */
  forget(child: Child): boolean {
    return this.#reports.delete(child);
  }

  /** Listeners below all children. */
  get listeners(): number {
    let sum = 0;
    for (const report of this.#reports.values()) sum += report.listeners;
    return sum;
  }
}

/** A report as it travels up a link. */
export function formatTally(report: TallyReport): string {
  return JSON.stringify({ type: "tally", ...report });
}

/** The only door for a report from below. */
export function parseTally(text: string): TallyReport | undefined {
  const said = parseObject(text);
  if (said?.["type"] !== "tally") return undefined;
  const { revision, listeners } = said;
  return isCount(revision) && isCount(listeners) ? { revision, listeners } : undefined;
}
