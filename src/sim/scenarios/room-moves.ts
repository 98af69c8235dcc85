import type { Scenario } from "../scenario.ts";

/** From the room's death until a successor has its room, in ms: somebody must notice, and click. */
const NOTICED_MS = 1_500;

/** The room dies with its host, and does not come back: a successor's room takes the whole audience over, and nobody loses his connection. */
export const roomMoves: Scenario = {
  name: "room-moves",
  says: "the room dies for good, and another room takes its audience over",
  stage(world, { after }) {
    world.at(after(0.1), () => world.kill(world.room, 3_600_000));
    world.at(after(0.1) + NOTICED_MS, () => world.moveTo("the-second-half"));
  },
};
