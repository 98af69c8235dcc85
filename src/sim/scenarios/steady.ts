import type { Scenario } from "../scenario.ts";

/** The room expects its crowd at once; its leaves are awake when the host goes on air, and then the doors open, in ms. */
const EXPECTED_MS = 100;
const ON_AIR_MS = 8_000;
const DOORS_MS = 10_000;

/** A crowd that was expected comes, and stays: nothing breaks but one leaf and one relay. For crowds so large that each second of them counts. */
export const steady: Scenario = {
  name: "steady",
  says: "a room that expects its crowd opens its doors after ten seconds; when all are there a leaf and a relay die",
  // The operator allows the seats that luck leaves empty, too.
  settings: ({ listeners }) => ({ leaves: 8, doorsMs: DOORS_MS, hasHost: false, maxListeners: 1.5 * listeners }),
  stage(world, { after }) {
    const { listeners, origins } = world.settings;
    const shares = Object.fromEntries(origins.map(({ region, share }) => [region, share]));
    world.at(EXPECTED_MS, () => world.room.expect({ listeners, shares }));
    world.at(ON_AIR_MS, () => world.host.connect());
    world.at(after(0.2), () => world.killAny("listeners"));
    world.at(after(0.4), () => world.killAny("nodes"));
  },
};
