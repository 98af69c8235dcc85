import type { Scenario } from "../scenario.ts";

/** The same crowd, which nobody expected: the tree grows under it, and whom it cannot take yet hears the cached lane. */
export const unplantedBurst: Scenario = {
  name: "unplanted-burst",
  says: "a crowd that nobody expected comes to a room of eight leaves",
  // Eight leaves cannot but be asked by all at first: how often, the report says.
  settings: () => ({ leaves: 8, nodeRequests: Number.POSITIVE_INFINITY }),
  stage() {},
};
