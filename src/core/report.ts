/** What may be wrong with a room, as whoever reports it says. */
export const REPORT_REASONS = ["illegal", "abuse", "child-safety", "copyright", "spam", "other"] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** Longest text of a report, in characters. */
export const MAX_REPORT = 1_000;
