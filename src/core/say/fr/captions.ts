import type { Words } from "../type.ts";

/** What pages say about captions: to who reads them, and to whose words they are. */
export const captions: Words["captions"] = {
  title: "Sous-titres",
  show: "Afficher les sous-titres",
  hide: "Masquer les sous-titres",
  key: "sous-titres",
  none: "Les paroles de personne ne sont encore écrites. Elles apparaissent ici dès que c’est le cas.",
  mine: "Écrire ce que je dis",
  mineHint:
    "L’auditoire peut lire. C’est désactivé tant que vous ne l’activez pas, et s’arrête dès que votre micro est coupé ou hors antenne.",
  language: "La langue que vous parlez",
  heard: "Compris en dernier",
  off: "Désactivé.",
  checking: "On regarde si cet appareil sait le faire …",
  installing: "Cet appareil télécharge la langue. Cela peut prendre quelques minutes …",
  waiting: "Activé. Vos paroles sont écrites pendant que vous êtes à l’antenne.",
  onDevice: "Vos paroles sont écrites sur cet appareil : votre voix ne va nulle part ailleurs pour cela.",
  byService: "Vos paroles sont écrites. Votre navigateur envoie pour cela votre voix au service de son éditeur.",
  fault: {
    unsupported: "Ce navigateur ne sait pas écrire ce qui se dit. Chrome, Edge et Safari le savent.",
    "not-allowed": "Le navigateur refuse à cette page de reconnaître la parole. Autorisez-le dans les réglages du site, puis réactivez.",
    "language-not-supported": "Votre navigateur ne comprend pas cette langue. Choisissez-en une autre.",
    network: "Le service de votre navigateur est injoignable en ce moment. On réessaie …",
    "no-speech": "Rien n’a été compris depuis un moment. On continue d’écouter …",
    "audio-capture": "La reconnaissance n’obtient pas votre micro. On réessaie …",
  },
  consent: {
    title: "Votre voix quitterait cet appareil",
    says:
      "Cet appareil ne sait pas écrire la parole tout seul. Si vous acceptez, votre navigateur envoie votre voix au service de son éditeur (Google pour " +
      "Chrome, Microsoft pour Edge, Apple pour Safari) pendant que vous êtes à l’antenne, et reçoit des mots. Canopy n’y prend aucune part, et ne transmet que les mots.",
    accept: "Accepter, et écrire",
    decline: "Plutôt pas",
  },
};
