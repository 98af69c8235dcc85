import { counterIn } from "../count.ts";
import type { Words } from "../type.ts";

const count = counterIn("fr");

/** What stands on the report of an evening, and on links to it. */
export const evening: Words["evening"] = {
  link: "Bilan de la soirée",
  pageTitle: (title) => `${title} — bilan`,
  description: "Combien ont écouté, et avec quel retard",
  heading: "Bilan de la soirée",
  opening: "Le bilan arrive …",
  noTicket: "Ce bilan est pour l’hôte et les co-hôtes. Ouvrez-le depuis votre studio.",
  none: "Rien à rapporter pour l’instant : les chiffres sont gardés dès les dix premières secondes à l’antenne.",
  script: "Le bilan",
  liveFor: "à l’antenne",
  minutes: (minutes) => count(minutes, { one: "# minute", other: "# minutes" }),
  joinsInAll: "arrivées",
  diverted: "où certains l’ont entendu en retard",
  never: "aucun",
  csv: "Télécharger en CSV",
  tracks: "Enregistrement, voix par voix",
  tracksSay: "Ogg Opus, tel que prononcé ; toutes les pistes ont la même durée et restent alignées.",
  export: "Toutes les voix dans un fichier : npm run export",
  table: "Les chiffres exacts",
  byMinute: "Une ligne par minute ; toutes les dix secondes sont dans le CSV.",
  time: "Heure",
  plotSays: (least, most) => `de ${least} à ${most}`,
  plots: {
    listeners: "Auditeurs",
    joins: "Arrivées en dix secondes",
    lanes: "Voies",
    stride: "Pas",
    delay: "Retard",
    requests: "Requêtes au salon en dix secondes",
  },
  notes: {
    listeners: "Personne ne compte qui écoute la voie en cache.",
    lanes: "Auditeurs de la voie en direct ; ombré tant que la limite de l’opérateur envoyait les autres sur la voie en cache.",
    stride: "Morceaux par message, à la feuille qui en groupe le plus.",
    delay: "À la feuille la plus en retard, en ms.",
    requests: "Les arrivées, si nombreuses soient-elles, n’en ajoutent aucune.",
  },
  columns: {
    listeners: "auditeurs",
    hearing: "entendent vraiment",
    peak: "maximum jusque-là",
    unique: "navigateurs jusque-là",
    joins: "arrivées",
    diverting: "déviation",
    leaves: "feuilles",
    slow: "lignes lentes",
    stride: "pas",
    delay_p50_ms: "retard, médiane (ms)",
    delay_max_ms: "retard, maximum (ms)",
    room_requests: "requêtes",
  },
};
