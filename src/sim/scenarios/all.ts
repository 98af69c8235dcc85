import type { Scenario } from "../scenario.ts";
import { crowdArrives } from "./crowd-arrives.ts";

/** Every evening that can be played by name. */
export const SCENARIOS: readonly Scenario[] = [crowdArrives];
