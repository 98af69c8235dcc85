import { counterIn } from "../count.ts";
import type { Words } from "../type.ts";

const count = counterIn("fr");

/** What is said of rescue links, by which a stand-in goes on with the audience: where they are given out, and on the page that they open. */
export const rescue: Words["rescue"] = {
  link: "Lien de secours",
  second: "Second lien de secours",
  another: "Pour une seconde personne",
  hint:
    "Pour une personne de confiance : si vous et ce salon disparaissez, elle l’ouvre et continue avec votre auditoire, qui n’a rien à faire. " +
    "Donnez-le maintenant ; il n’est montré que maintenant.",
  secondHint: "Qui se sert de son lien en premier a l’auditoire.",
  copy: "Copier le lien de secours",
  copySecond: "Copier le second lien de secours",
  copyHint: "Donnez-le à une personne de confiance : avec lui, elle continue avec votre auditoire si vous et ce salon disparaissez.",
  pageTitle: (title) => `Reprendre : ${title} — Canopy`,
  description: (title) => `Pour qui remplace l’hôte de « ${title} ».`,
  needs: "Reprendre le salon",
  looking: "On regarde le salon …",
  onAir: (listeners) =>
    listeners === 0
      ? "À l’antenne, d’après ce que sait le serveur, et personne n’écoute."
      : `À l’antenne, d’après ce que sait le serveur. ${count(listeners, { one: "# personne écoute.", other: "# personnes écoutent." })}`,
  quiet: (listeners) =>
    listeners === 0
      ? "Personne n’est à l’antenne, et personne n’écoute."
      : `Personne n’est à l’antenne. ${count(listeners, { one: "# personne écoute.", other: "# personnes écoutent." })}`,
  title: "Si l’hôte ne peut pas continuer, vous le pouvez",
  effects: [
    "Vous avez un salon à vous, et vous en êtes l’hôte.",
    "Qui écoute reste, et vous entend dès que vous passez à l’antenne. Personne n’a rien à faire.",
    "Le salon tel qu’il est se termine pour son hôte et pour toute sa scène, définitivement. Ses liens mènent au vôtre.",
    "Rien n’est enregistré tant que vous ne l’avez pas demandé.",
  ],
  take: "Reprendre le salon",
  taking: "Reprise du salon …",
  notNow:
    "Pas besoin maintenant ? Gardez ce lien. Il sert une fois, pendant un mois, et rien ne se passe tant que vous n’appuyez pas sur le bouton.",
  keep: "Copier ce lien",
  sure: {
    title: "Reprendre le salon maintenant ?",
    live: "Il est à l’antenne. Si seule la connexion de l’hôte est coupée, attendez un instant : elle revient d’elle-même. Si vous reprenez le salon, qui y parle est coupé, et l’hôte n’est plus l’hôte.",
    quiet:
      "Personne n’est à l’antenne, et l’hôte est peut-être sur le point de commencer. Si vous reprenez le salon, l’hôte n’est plus l’hôte.",
    no: "Ne rien faire",
    yes: "Reprendre",
  },
  mine: "Avec ce lien, l’auditoire a déjà été repris. Si c’était vous : voici de nouveau le studio.",
  openStudio: "Ouvrir le studio",
  listen: "Écouter le salon",
  again: "Réessayer",
  noLink: "Cette page sert à reprendre un salon, et cette fenêtre n’a pas de lien de secours pour lui.",
  noLinkHint: "Ouvrez le lien de secours que l’hôte vous a donné (il finit par #ticket= et quelque 400 lettres), ou demandez-lui-en un.",
  broken: "Ce lien de secours n’est pas entier.",
  brokenHint:
    "Une partie s’est perdue en route. Copiez de nouveau le lien de secours entier : il finit par #ticket= et quelque 400 lettres.",
  no: {
    "room-moved": "Quelqu’un a été plus rapide : un autre salon a déjà l’auditoire. Vous n’avez rien à faire.",
    "ticket-used": "Ce lien a fait son travail : le nouveau salon a son hôte. Si c’est vous, ouvrez le lien d’hôte que vous y avez gardé.",
    "room-ended": "Le salon est terminé. Il n’y a plus d’auditoire à reprendre.",
    "room-unknown": "Aucun salon ne porte plus ce nom.",
    "ticket-invalid": "Ce lien de secours n’ouvre pas ce salon. Une partie manque peut-être : copiez de nouveau le lien entier.",
    "ticket-expired": "Ce lien de secours a expiré. Demandez à l’hôte celui d’un salon plus récent.",
    "ticket-for-another-room": "Ce lien de secours est pour un autre salon. Ouvrez-le tel que vous l’avez reçu.",
    "ticket-role-wrong": "Ce n’est pas un lien de secours, mais un lien de scène ou une invitation. Ouvrez-le tel que vous l’avez reçu.",
    unreachable: "Le serveur ne répond pas. Vérifiez votre connexion ; pour autant que cette page le sache, rien n’a encore été repris.",
  },
};
