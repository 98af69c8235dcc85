import { Answers } from "../answers.ts";
import { type Scenario, withRelays } from "../scenario.ts";

/** Each second so many of all who listen ask something. */
const ASKERS = 0.01;
/** Of all leaves so many die at once. */
const DYING = 0.02;
/** Nobody taps for so long between the part in which things break and the one in which nothing does, in ms. */
const PAUSE_MS = 7_000;

/** Everybody taps once a second and one of a hundred asks, while leaves and a relay die and links fall silent; then once more in peace. */
export const everybodyAnswers: Scenario = {
  name: "everybody-answers",
  says: "everybody taps once a second and 1 % ask, while leaves and a relay die and links fall silent",
  settings: withRelays,
  stage(world, { endMs, after }) {
    const answers = new Answers(world);
    const calm = after(0.6);
    world.at(after(0.02), () => answers.begin(ASKERS));
    world.at(after(0.05), () => {
      const leaves = world.awake("listeners").length;
      for (let leaf = 0; leaf < leaves * DYING; leaf++) world.killAny("listeners");
    });
    world.at(after(0.08), () => world.killAny("nodes"));
    world.at(after(0.1), () => world.halfOpen("listeners"));
    world.at(calm, () => answers.end());
    world.at(calm + PAUSE_MS, () => answers.begin(ASKERS));
    world.at(endMs - PAUSE_MS, () => answers.end());
  },
};
