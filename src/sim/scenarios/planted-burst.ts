import type { Scenario } from "../scenario.ts";

/** The room expects its crowd at once, and the doors open when its leaves are awake, in ms. */
const EXPECTED_MS = 100;
const DOORS_MS = 60_000;

/** A crowd that was expected: its leaves are awake before the doors open. */
export const plantedBurst: Scenario = {
  name: "planted-burst",
  says: "the room expects its crowd, and opens its doors after a minute",
  settings: () => ({ leaves: 8, doorsMs: DOORS_MS }),
  stage(world) {
    const { listeners, origins } = world.settings;
    const shares = Object.fromEntries(origins.map(({ region, share }) => [region, share]));
    world.at(EXPECTED_MS, () => world.room.expect({ listeners, shares }));
  },
};
