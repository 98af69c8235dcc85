import type { Role } from "../../room/roles.ts";
import type { Reaction } from "../../tree/people/reactions.ts";
import type { Region } from "../../tree/shape/region.ts";
import type { OnStage } from "../../wire/states.ts";
import { counterIn } from "../count.ts";

const count = counterIn("en");

/** Words for people, what they do and where they are. */
export const people = {
  role: { host: "Host", "co-host": "Co-host", speaker: "Speaker", listener: "Listener" } as Readonly<Record<Role, string>>,
  /** A co-host, with the place in the order of those who take over. */
  ranked: (rank: number): string => (rank === 1 ? "1st co-host" : "2nd co-host"),
  state: { "on-air": "", muted: "muted", off: "not on air", away: "reconnecting" } as Readonly<Record<OnStage["state"], string>>,
  held: "muted by a host",
  standby: "standby",
  steppedIn: "standby, on air",
  /** After one's own name. */
  you: "you",
  listening: (listeners: number) => count(listeners, { one: "# listening", other: "# listening" }),
  hearing: (hearing: number) => count(hearing, { one: "# hears it", other: "# hear it" }),
  reaction: { clap: "Clap", heart: "Love", laugh: "Laugh", wow: "Wow", yes: "Yes", no: "No" } as Readonly<Record<Reaction, string>>,
  region: {
    wnam: "North America, west",
    enam: "North America, east",
    sam: "South America",
    weur: "Western Europe",
    eeur: "Eastern Europe",
    apac: "Asia and Pacific",
    oc: "Oceania",
    afr: "Africa",
    me: "Middle East",
    other: "Elsewhere",
  } as Readonly<Record<Region | "other", string>>,
  lane: { live: "live", cached: "some seconds late" } as Readonly<Record<"live" | "cached", string>>,
  phase: { live: "Live", quiet: "Not on air", ended: "Over" } as Readonly<Record<"live" | "quiet" | "ended", string>>,
};
