import type { Scenario } from "../scenario.ts";
import { withRelays } from "../scenario.ts";

/** Links that fall silent. */
const LINKS = 5;

/** Links fall silent without being closed, above leaves and above a relay: only their silence tells. */
export const halfOpen: Scenario = {
  name: "half-open",
  says: "links above leaves and a relay fall silent without being closed",
  settings: withRelays,
  stage(world, { after }) {
    world.at(after(0.1), () => {
      for (let link = 0; link < LINKS; link++) world.halfOpen("listeners");
      world.halfOpen("nodes");
    });
  },
};
