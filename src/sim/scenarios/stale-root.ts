import type { Scenario } from "../scenario.ts";

/** So long after the successor has come the old room's machine is heard of again, in ms. */
const BACK_MS = 8_000;

/** A room is cut off from its tree, another takes over, and then the first is back, and knows nothing of it. */
export const staleRoot: Scenario = {
  name: "stale-root",
  says: "a room that was replaced comes back and would go on",
  stage(world, { after }) {
    const old = world.room;
    world.at(after(0.1), () => {
      for (const link of old.children.values()) link.silence();
      world.silent();
    });
    world.at(after(0.1) + 1_000, () => world.moveTo("the-second-half"));
    world.at(after(0.1) + BACK_MS, () => world.kill(old, 0));
    world.at(after(0.1) + BACK_MS + 100, () => world.speakerFor(old).connect());
  },
};
