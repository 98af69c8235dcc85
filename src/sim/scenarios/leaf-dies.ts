import type { Scenario } from "../scenario.ts";

/** One leaf dies in the middle of it: its listeners come back elsewhere, and hear what they missed. */
export const leafDies: Scenario = {
  name: "leaf-dies",
  says: "one leaf dies",
  stage(world, { after }) {
    world.at(after(0.1), () => world.killAny("listeners"));
  },
};
