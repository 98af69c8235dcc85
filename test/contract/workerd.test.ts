import { growing } from "./growing.ts";
import { listening } from "./listening.ts";
import { workerdHouse } from "./workerd-house.ts";

listening(workerdHouse);
growing(workerdHouse);
