import { counterIn } from "../count.ts";
import type { Words } from "../type.ts";

const count = counterIn("fr");

/** What pages say of an evening that was announced, and of doors that are yet to open. */
export const doors: Words["doors"] = {
  badge: "Annoncé",
  title: "Les portes s’ouvrent",
  yours: (when) => `À votre heure : ${when}`,
  left: { days: (days) => count(days, { one: "# jour", other: "# jours" }), soon: "D’un instant à l’autre …" },
  inMinutes: (minutes) => count(minutes, { one: "Les portes s’ouvrent dans # minute.", other: "Les portes s’ouvrent dans # minutes." }),
  speakers: "Qui parlera",
  takes: (minutes) => count(minutes, { one: "Environ # minute", other: "Environ # minutes" }),
  calendar: "Ajouter à votre agenda",
  notYet: "Appuyez dès maintenant sur Écouter, et vous entendrez le premier mot ; vous pouvez laisser cette page ouverte.",
  waiting: "Vous entendrez le premier mot, sans un clic. Vous pouvez laisser cette page ouverte.",
  form: {
    open: "L’annoncer pour plus tard",
    hint: "D’ici là, le salon a une page qui compte les heures, et personne ne passe à l’antenne.",
    date: "Jour",
    time: "Heure",
    zone: "Fuseau horaire",
    minutes: "Combien de minutes",
    speakers: "Qui parlera",
    speakersHint: "Des noms, séparés par des virgules.",
    speakersRule: (names, characters) => `${names} noms au plus, de 1 à ${characters} caractères lisibles chacun.`,
    about: "De quoi il s’agit",
    aboutRule: (most) => `${most} caractères lisibles au plus : rien d’invisible, rien qui renverse le texte.`,
    expect: "Combien de personnes peuvent venir",
    expectHint: "Le salon est préparé pour elles dix minutes avant.",
  },
  studio: {
    title: "Annonce",
    none: "Ce salon est ouvert. Aucune heure n’a été annoncée.",
    opens: (when) => `Les portes s’ouvrent ${when}. D’ici là personne n’entend la scène ; les essais de son marchent.`,
    opened: (when) => `Les portes se sont ouvertes ${when}.`,
    planned: (listeners, when) => `Sera préparé pour ${listeners} personnes ${when}.`,
    now: "Ouvrir les portes maintenant",
    change: "Annoncer une heure",
    save: "Annoncer",
    saved: "C’est annoncé.",
    cancel: "Annuler l’annonce",
  },
  lobby: { live: "À l’antenne", upcoming: "À venir", open: "Salons ouverts" },
};
