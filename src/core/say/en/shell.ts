/** What stands around every page, on the home page, in the share sheet and on pages that say why not. */
export const shell = {
  /** This language, in itself. */
  itself: "English",
  home: "Canopy, home",
  skip: "Skip to the content",
  languages: "Language",
  seconds: (count: string) => `${count} s`,
  needsScript: (what: string) => `${what} needs JavaScript, which is switched off in this browser. Switch it on for this site and reload.`,
  close: "Close",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  copyThis: "Copy this link:",
  insecure:
    "Browsers give sound and microphone to secure pages only, and this one came over plain http from another machine. " +
    "Open it with https; on your own network start the server with “npm start -- --lan”.",
  welcome: {
    title: "Canopy — live audio rooms",
    description: "Speak in your browser; any number of people hear you live.",
    heading: "Speak. Everybody hears you.",
    lead:
      "A live audio room in your browser. You talk, people open a link and listen, a second later and without an account. " +
      "It holds three people or a crowd.",
    make: "Make a room",
    about: "What is it about?",
    aboutExample: "Evening talk",
    name: "Name in the link",
    optional: "optional",
    nameRule: "3 to 64 small letters, digits or hyphens",
    nameExample: "evening-talk",
    key: "Create key",
    keyHint: "Whoever runs this server set it; they can tell you.",
    keyWrong: "That is not the create key of this server.",
    keyNeeded: "To make a room here you need this server's create key.",
    listed: "Show it to visitors of this page",
    record: "Record this evening",
    recordSays: (howLong: string) =>
      `What is said on stage is kept for ${howLong} after the room's end, to be heard again and downloaded. Everybody sees that, and you can switch it off.`,
    submit: "Make the room",
    making: "Making a room",
    ready: "Your room is ready",
    listenerLink: "Link for listeners",
    hostLink: "Your host link",
    hostLinkHint: "Whoever has this link is the host. Keep it to yourself, and keep it: it is shown only now.",
    successors: "If you cannot go on",
    successorsHint:
      "Give each of these to somebody whom you trust with your audience, now, while all is well. Should you and your room be gone, one of them " +
      "goes on in a room of his own, and nobody who listens has to do anything: npm run broadcast -- --continue ROOM --ticket TICKET",
    successor: (rank: number): string => (rank === 1 ? "First successor's ticket" : "Second successor's ticket"),
    openStudio: "Open the studio",
    facts: [
      ["Live.", "From your mouth to every ear in well under a second."],
      ["Steady.", "A lost connection comes back by itself and misses nothing."],
      ["Yours.", "It runs on your own Cloudflare account or your own machine."],
    ] as readonly (readonly [string, string])[],
  },
  share: {
    open: "Share",
    title: "Bring others along",
    link: "Link",
    code: "QR code of this room's link",
    show: "Hold a phone's camera over it.",
    embed: "For your own page",
    send: "Send it …",
    copyEmbed: "Copy code",
    player: "For any player",
    openPlayer: "Open in another player",
    copyPlayer: "Copy address",
    playerKey: "This address is a key: whoever has it can listen.",
    /** What goes with the link when it is sent. */
    text: (title: string) => `Listen to “${title}” live`,
  },
  api: {
    link: "For programs: the API",
    title: "The API of this server",
    lead: "Everything that a page can do, a program can do with the right ticket. Each line stands as it would be typed.",
    document: "The same for programs, as OpenAPI 3.1",
    wire: "Sound goes over WebSockets, and so do a listener's hand, questions and reactions: they end at the next leaf and cost the room nothing, so no address takes them.",
    english: "Below stands what the description says, word for word.",
    door: "Bring",
    anybody: "Nothing: anybody may",
    fields: "Say",
    needed: "needed",
    answers: "Read",
    noes: "Or why not",
  },
  problem: {
    start: "To the start",
    otherwise: "That did not work",
    /** Headings of pages that people meet, by the problem's code. */
    titles: {
      "not-found": "Nothing here",
      "room-unknown": "No such room",
      "room-ended": "The room is over",
      fault: "Something broke",
    } as Readonly<Record<string, string>>,
  },
};
