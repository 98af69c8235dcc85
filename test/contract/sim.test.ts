import { growing } from "./growing.ts";
import { listening } from "./listening.ts";
import { simHouse } from "./sim-house.ts";

listening(simHouse);
growing(simHouse);
