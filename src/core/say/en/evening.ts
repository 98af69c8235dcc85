import { counterIn } from "../count.ts";

const count = counterIn("en");

/** What stands on the report of an evening, and on links to it. */
export const evening = {
  link: "Report of the evening",
  pageTitle: (title: string) => `${title} — report`,
  description: "How many listened, and how late they heard it",
  heading: "Report of the evening",
  opening: "Fetching the report …",
  noTicket: "This report is for the host and the co-hosts. Open it from your studio.",
  none: "There is nothing to report yet: figures are kept from the first ten seconds on air.",
  script: "The report",
  liveFor: "on air",
  minutes: (minutes: number) => count(minutes, { one: "# minute", other: "# minutes" }),
  joinsInAll: "joins",
  diverted: "when some heard it seconds late",
  never: "none",
  csv: "Download as CSV",
  tracks: "Recording, by voice",
  tracksSay: "Ogg Opus, as it was spoken; all are of one length, so that they line up.",
  export: "All voices in one file: npm run export",
  table: "The exact figures",
  byMinute: "One line a minute; every ten seconds are in the CSV.",
  time: "Time",
  /** What a plot shows, for who cannot see it. */
  plotSays: (least: string, most: string) => `from ${least} to ${most}`,
  plots: {
    listeners: "Listeners",
    joins: "Joins in ten seconds",
    lanes: "Lanes",
    stride: "Stride",
    delay: "Delay",
    requests: "Requests to the room in ten seconds",
  },
  notes: {
    listeners: "Who hears the cached lane is counted by nobody.",
    lanes: "Listeners of the live lane; shaded while the operator's limit sent others to the cached lane.",
    stride: "Chunks in one message, at the leaf that bundles most.",
    delay: "At the leaf that was latest, in ms.",
    requests: "However many join, they never add to it.",
  },
  columns: {
    listeners: "listeners",
    hearing: "really hear it",
    peak: "most so far",
    unique: "browsers so far",
    joins: "joins",
    diverting: "diverting",
    leaves: "leaves",
    slow: "slow lines",
    stride: "stride",
    delay_p50_ms: "delay, median (ms)",
    delay_max_ms: "delay, most (ms)",
    room_requests: "requests",
  },
};
