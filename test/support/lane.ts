/** What a server says of a room that has been live for a minute: twenty seconds of it can be fetched. Its segments are two seconds. */
export const LANE_HEAD = {
  type: "head",
  epoch: 1,
  roomTimeMs: 60_000,
  ageMs: 0,
  segmentMs: 2_000,
  phase: "live",
  gaps: [],
  runs: [{ epoch: 1, first: 20, last: 29 }],
  states: [],
};
