import type { Scenario } from "../scenario.ts";
import { crowdArrives } from "./crowd-arrives.ts";

/** The same evening in a room that nobody expected: the tree grows under the crowd, loses branches as it grows, and is deployed when most of its leaves were closed as full. */
export const nobodyExpected: Scenario = {
  name: "nobody-expected",
  says: "everybody comes at once to a room of eight leaves; 5 % of the leaves and a relay die while they come, and then everything is deployed anew",
  // Eight leaves cannot but be asked by all at first: how often, the report says.
  settings: () => ({ leaves: 8, nodeRequests: Number.POSITIVE_INFINITY }),
  stage: crowdArrives.stage,
};
