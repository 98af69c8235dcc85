/** What pages say about captions: to who reads them, and to whose words they are. */
export const captions = {
  title: "Captions",
  show: "Show captions",
  hide: "Hide captions",
  key: "captions",
  none: "Nobody's words are written down yet. They appear here as soon as somebody's are.",
  mine: "Write down what I say",
  mineHint: "Listeners can read along. It is off until you switch it on, and stops whenever you are muted or off air.",
  language: "The language that you speak",
  heard: "Understood last",
  off: "Off.",
  checking: "Looking whether this device can do it …",
  installing: "This device fetches the language. That may take some minutes …",
  waiting: "On. Your words are written down while you are on air.",
  onDevice: "Your words are written down on this device: your voice goes nowhere else for it.",
  byService: "Your words are written down. Your browser sends your voice to its maker's service for it.",
  fault: {
    unsupported: "This browser cannot write down what is said. Chrome, Edge and Safari can.",
    "not-allowed": "The browser was told not to let this page recognize speech. Allow it in the site's settings, then switch it on again.",
    "language-not-supported": "Your browser does not understand this language. Choose another one.",
    network: "Your browser's service cannot be reached just now. It is tried again …",
    "no-speech": "Nothing was understood for a while. It goes on listening …",
    "audio-capture": "The recognizer does not get your microphone. It is tried again …",
  },
  consent: {
    title: "Your voice would leave this device",
    says:
      "This device cannot write down speech by itself. If you accept, your browser sends your voice to its maker's service (Google for Chrome, " +
      "Microsoft for Edge, Apple for Safari) while you are on air, and gets words back. Canopy has no part in that, and passes only the words on.",
    accept: "Accept, and write down",
    decline: "Rather not",
  },
};
