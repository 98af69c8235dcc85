import { counterIn } from "../count.ts";
import { captions } from "./captions.ts";
import { doors } from "./doors.ts";
import { evening } from "./evening.ts";
import { listener } from "./listener.ts";
import { no } from "./no.ts";
import { panel } from "./panel.ts";
import { people } from "./people.ts";
import { replay } from "./replay.ts";
import { rescue } from "./rescue.ts";
import { shell } from "./shell.ts";
import { studio } from "./studio.ts";

/** All that pages say, in English. */
export const en = {
  language: "en" as const,
  count: counterIn("en"),
  ...shell,
  captions,
  doors,
  listener,
  replay,
  rescue,
  studio,
  panel,
  people,
  evening,
  no,
};
