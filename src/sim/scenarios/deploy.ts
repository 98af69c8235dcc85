import type { Scenario } from "../scenario.ts";

/** Everything is deployed anew at once: every socket drops, every isolate forgets. */
export const deploy: Scenario = {
  name: "deploy",
  says: "every object and every isolate is started anew at once",
  stage(world, { after }) {
    world.at(after(0.1), () => world.deploy());
  },
};
