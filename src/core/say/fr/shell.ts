import type { Words } from "../type.ts";

/** What stands around every page, on the home page, in the share sheet and on pages that say why not. */
export const shell: Pick<
  Words,
  | "itself"
  | "home"
  | "skip"
  | "languages"
  | "seconds"
  | "needsScript"
  | "close"
  | "cancel"
  | "copy"
  | "copied"
  | "copyThis"
  | "insecure"
  | "welcome"
  | "share"
  | "api"
  | "problem"
> = {
  itself: "Français",
  home: "Canopy, accueil",
  skip: "Aller au contenu",
  languages: "Langue",
  seconds: (count) => `${count} s`,
  needsScript: (what) => `${what} demande JavaScript, qui est désactivé dans ce navigateur. Activez-le pour ce site et rechargez la page.`,
  close: "Fermer",
  cancel: "Annuler",
  copy: "Copier",
  copied: "Copié",
  copyThis: "Copiez ce lien :",
  insecure:
    "Les navigateurs ne donnent le son et le micro qu’aux pages sécurisées, et celle-ci est venue en http simple d’une autre machine. " +
    "Ouvrez-la en https ; sur votre propre réseau, lancez le serveur avec « npm start -- --lan ».",
  welcome: {
    title: "Canopy — salons audio en direct",
    description: "Parlez dans votre navigateur ; autant de personnes que vous voulez vous entendent en direct.",
    heading: "Parlez. Tout le monde vous entend.",
    lead:
      "Un salon audio en direct dans votre navigateur. Vous parlez, les autres ouvrent un lien et écoutent, une seconde plus tard et sans compte. " +
      "Pour trois personnes ou pour une foule.",
    make: "Créer un salon",
    about: "De quoi parle-t-on ?",
    aboutExample: "Causerie du soir",
    aboutRule: (most) => `Dites-le en 1 à ${most} caractères lisibles : rien d’invisible, rien qui renverse le texte.`,
    name: "Nom dans le lien",
    optional: "facultatif",
    nameRule: "3 à 64 lettres minuscules, chiffres ou traits d’union",
    nameExample: "causerie-du-soir",
    key: "Clé de création",
    keyHint: "La personne qui gère ce serveur l’a choisie ; elle peut vous la donner.",
    keyWrong: "Ce n’est pas la clé de création de ce serveur.",
    keyNeeded: "Pour créer un salon ici, il faut la clé de création de ce serveur.",
    listed: "Le montrer aux visiteurs de cette page",
    record: "Enregistrer cette soirée",
    recordSays: (howLong) =>
      `Ce qui se dit sur scène est conservé pendant ${howLong} après la fin du salon, pour être réécouté et téléchargé. Tout le monde le voit, et vous pouvez l’arrêter.`,
    submit: "Créer le salon",
    making: "Créer un salon",
    ready: "Votre salon est prêt",
    listenerLink: "Lien pour l’auditoire",
    hostLink: "Votre lien d’hôte",
    hostLinkHint: "Qui a ce lien est l’hôte. Gardez-le pour vous, et gardez-le bien : il n’est montré que maintenant.",
    openStudio: "Ouvrir le studio",
    facts: [
      ["En direct.", "De votre bouche à chaque oreille en bien moins d’une seconde."],
      ["Solide.", "Une connexion perdue revient d’elle-même et ne manque rien."],
      ["À vous.", "Il tourne sur votre propre compte Cloudflare ou votre propre machine."],
    ],
  },
  share: {
    open: "Partager",
    title: "Faites venir du monde",
    link: "Lien",
    code: "Code QR du lien de ce salon",
    show: "Tenez l’appareil photo d’un téléphone au-dessus.",
    embed: "Pour votre propre page",
    send: "Envoyer …",
    copyEmbed: "Copier le code",
    player: "Pour tout lecteur",
    openPlayer: "Ouvrir dans un autre lecteur",
    copyPlayer: "Copier l’adresse",
    playerKey: "Cette adresse est une clé : qui l’a peut écouter.",
    text: (title) => `Écoutez « ${title} » en direct`,
  },
  api: {
    link: "Pour les programmes : l’API",
    title: "L’API de ce serveur",
    lead: "Tout ce qu’une page peut faire, un programme le peut avec le bon billet. Chaque ligne est écrite comme on la tape.",
    document: "La même chose pour les programmes, en OpenAPI 3.1",
    wire: "Le son passe par des WebSockets, comme la main, les questions et les réactions de qui écoute : elles finissent à la feuille voisine et ne coûtent rien au salon, donc aucune adresse ne les prend.",
    english: "Ce qui suit est en anglais, la langue des noms que portent ces champs.",
    door: "À présenter",
    anybody: "Rien : tout le monde peut",
    fields: "À dire",
    needed: "nécessaire",
    answers: "À lire",
    noes: "Ou pourquoi pas",
  },
  problem: {
    start: "Vers l’accueil",
    otherwise: "Cela n’a pas marché",
    titles: {
      "not-found": "Rien ici",
      "room-unknown": "Ce salon n’existe pas",
      "room-ended": "Le salon est terminé",
      fault: "Quelque chose s’est cassé",
    },
  },
};
