import type { Scenario } from "../scenario.ts";
import { withRelays } from "../scenario.ts";
import type { World } from "../world.ts";

/** What may break. */
const FAULTS: readonly ((world: World) => void)[] = [
  (world) => world.killAny("listeners"),
  (world) => world.killAny("nodes"),
  (world) => world.kill(world.room),
  (world) => world.kill(world.audience, 2_000),
  (world) => world.halfOpen("listeners"),
  (world) => world.halfOpen("nodes"),
  (world) => world.lateTimers(400, 3_000),
  (world) => world.crowd.evictIsolates(),
];
/** So many things break in one evening. */
const MOST_FAULTS = 8;

/** Whatever the seed says: some of all that can break, at any time of the first half of it. */
export const anything: Scenario = {
  name: "anything",
  says: "by luck: leaves, relays, the room, links, timers and isolates break at any time",
  // Isolates that forget twice in a second ask twice: few of them, so that the rule is about the tree and not about their number.
  settings: (asked) => ({ ...withRelays(asked), leaving: asked.listeners / 500, isolatesPerRegion: 6 }),
  stage(world, { endMs }) {
    const luck = world.ground.luck.faults;
    const faults = Math.ceil(luck() * MOST_FAULTS);
    for (let fault = 0; fault < faults; fault++) {
      const breaks = FAULTS[Math.floor(luck() * FAULTS.length)];
      world.at(2_000 + luck() * endMs * 0.3, () => breaks?.(world));
    }
  },
};
