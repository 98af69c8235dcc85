import { MINDS, type Minds } from "../../src/sim/minds.ts";
import type { Scenario } from "../../src/sim/scenario.ts";
import { type Report, simulate } from "../../src/sim/simulate.ts";
import type { WorldSettings } from "../../src/sim/world-settings.ts";

/** A small tree with two levels of relays, in which everything breaks once: small enough to be played a hundred times. */
export const everythingBreaks: Scenario = {
  name: "everything-breaks",
  says: "a relay, a leaf, the room, a link and a timer break, one after the other",
  stage(world) {
    world.at(4_000, () => world.halfOpen("listeners"));
    world.at(5_000, () => world.halfOpen("nodes"));
    world.at(9_000, () => world.killAny("nodes"));
    world.at(12_000, () => world.killAny("listeners"));
    world.at(15_000, () => world.kill(world.room));
    world.at(18_000, () => world.lateTimers(300, 2_000));
  },
};

/** The same tree, in which only a relay and a leaf die. */
export const nodesDie: Scenario = {
  name: "nodes-die",
  says: "a relay and a leaf die",
  stage(world) {
    world.at(6_000, () => world.killAny("nodes"));
    world.at(9_000, () => world.killAny("listeners"));
  },
};

const small: Partial<WorldSettings> = {
  fanOut: 4,
  leafListeners: 40,
  leaves: 24,
  origins: [{ region: "weur", share: 1 }],
  isolatesPerRegion: 4,
};

/** Plays it with minds of one's own. */
export function smallEvening(
  minds: Partial<Minds> = {},
  settings: Partial<WorldSettings> = {},
  seed = 1,
  scenario = everythingBreaks,
  seconds = 60,
): Report {
  return simulate({
    scenario,
    seed,
    listeners: 400,
    arrivals: 200,
    seconds,
    settings: { ...small, minds: { ...MINDS, ...minds }, ...settings },
  });
}
