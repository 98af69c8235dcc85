import { counterIn } from "../count.ts";
import type { Words } from "../type.ts";

const count = counterIn("fr");

/** Words for people, what they do and where they are. */
export const people: Words["people"] = {
  role: { host: "Hôte", "co-host": "Co-hôte", speaker: "Intervenant", listener: "Auditeur" },
  ranked: (rank) => (rank === 1 ? "1er co-hôte" : "2e co-hôte"),
  state: { "on-air": "", muted: "micro coupé", off: "hors antenne", away: "se reconnecte" },
  held: "micro coupé par un hôte",
  standby: "en relève",
  steppedIn: "en relève, à l’antenne",
  you: "vous",
  listening: (listeners) => count(listeners, { one: "# personne écoute", other: "# personnes écoutent" }),
  hearing: (hearing) => count(hearing, { one: "# entend le son", other: "# entendent le son" }),
  reaction: { clap: "Bravo", heart: "J’adore", laugh: "Drôle", wow: "Oh !", yes: "Oui", no: "Non" },
  region: {
    wnam: "Amérique du Nord, ouest",
    enam: "Amérique du Nord, est",
    sam: "Amérique du Sud",
    weur: "Europe de l’Ouest",
    eeur: "Europe de l’Est",
    apac: "Asie et Pacifique",
    oc: "Océanie",
    afr: "Afrique",
    me: "Moyen-Orient",
    other: "Ailleurs",
  },
  lane: { live: "en direct", cached: "quelques secondes de retard" },
  phase: { live: "En direct", quiet: "Hors antenne", ended: "Terminé" },
};
