import type { Scenario } from "../scenario.ts";
import { anything } from "./anything.ts";
import { crowdArrives } from "./crowd-arrives.ts";
import { deploy } from "./deploy.ts";
import { everybodyAnswers } from "./everybody-answers.ts";
import { halfOpen } from "./half-open.ts";
import { leafDies } from "./leaf-dies.ts";
import { nobodyExpected } from "./nobody-expected.ts";
import { plantedBurst } from "./planted-burst.ts";
import { relayDies } from "./relay-dies.ts";
import { roomMoves } from "./room-moves.ts";
import { slowListeners } from "./slow-listeners.ts";
import { staleRoot } from "./stale-root.ts";
import { steady } from "./steady.ts";
import { unplantedBurst } from "./unplanted-burst.ts";

/** Every evening that can be played by name. */
export const SCENARIOS: readonly Scenario[] = [
  crowdArrives,
  nobodyExpected,
  leafDies,
  relayDies,
  roomMoves,
  deploy,
  halfOpen,
  staleRoot,
  slowListeners,
  everybodyAnswers,
  steady,
  plantedBurst,
  unplantedBurst,
  anything,
];
