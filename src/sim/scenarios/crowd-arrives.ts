import type { Scenario } from "../scenario.ts";

/** Leaves that die in the middle of it, of all. */
const DEAD_LEAVES = 0.05;

/** Everybody comes within minutes, one leaf in twenty and a relay die in the middle of it, and at the end the service is deployed anew. */
export const crowdArrives: Scenario = {
  name: "crowd-arrives",
  says: "everybody comes at once; 5 % of the leaves and a relay die while they come, and then everything is deployed anew",
  stage(world, { fullMs, after }) {
    world.at(fullMs * 0.5, () => {
      const leaves = world.awake("listeners").length;
      for (let dead = 0; dead < leaves * DEAD_LEAVES; dead++) world.killAny("listeners");
    });
    world.at(fullMs * 0.75, () => world.killAny("nodes"));
    world.at(after(0.1), () => world.deploy());
  },
};
