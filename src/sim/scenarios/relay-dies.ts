import type { Scenario } from "../scenario.ts";
import { withRelays } from "../scenario.ts";

/** A relay dies: its children take another, and no listener notices. */
export const relayDies: Scenario = {
  name: "relay-dies",
  says: "a relay dies; its leaves are fed by the next one",
  settings: withRelays,
  stage(world, { after }) {
    world.at(after(0.1), () => world.killAny("nodes"));
  },
};
