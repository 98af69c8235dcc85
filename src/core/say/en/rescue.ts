import { counterIn } from "../count.ts";

const count = counterIn("en");

/** What is said of rescue links, by which a stand-in goes on with the audience: where they are given out, and on the page that they open. */
export const rescue = {
  link: "Rescue link",
  second: "Second rescue link",
  another: "For a second stand-in",
  hint:
    "For a stand-in whom you trust: should you and this room be gone, they open it and go on with your audience, which need not do anything. " +
    "Pass it on now; it is shown only now.",
  secondHint: "Whichever stand-in is the first to use theirs has the audience.",
  copy: "Copy rescue link",
  copySecond: "Copy second rescue link",
  copyHint: "Give it to a stand-in whom you trust: with it they go on with your audience if you and this room are gone.",
  pageTitle: (title: string) => `Take over: ${title} — Canopy`,
  description: (title: string) => `For whoever stands in for the host of “${title}”.`,
  needs: "Taking the room over",
  looking: "Looking at the room …",
  onAir: (listeners: number) =>
    listeners === 0
      ? "On air, as far as the server knows, and nobody listens."
      : `On air, as far as the server knows. ${count(listeners, { one: "# person listens.", other: "# people listen." })}`,
  quiet: (listeners: number) =>
    listeners === 0
      ? "Nobody is on air, and nobody listens."
      : `Nobody is on air. ${count(listeners, { one: "# person listens.", other: "# people listen." })}`,
  title: "If the host cannot go on, you can",
  effects: [
    "You get a room of your own, and you are its host.",
    "Whoever listens stays, and hears you as soon as you go on air. Nobody has to do anything.",
    "The room as it is now is over for its host and all on its stage, for good. Its links lead to yours.",
    "Nothing is recorded until you switch it on.",
  ] as readonly string[],
  take: "Take over the room",
  taking: "Taking the room over …",
  notNow: "Not needed now? Then keep this link. It works for a month, once, and nothing happens until you press the button.",
  keep: "Copy this link",
  sure: {
    title: "Take over the room now?",
    live: "It is on air. If only the host's connection broke, wait a moment: it comes back by itself. If you take over, whoever speaks there is cut off, and the host is host no more.",
    quiet: "Nobody is on air, and perhaps the host is only about to begin. If you take over, the host is host no more.",
    no: "Leave it",
    yes: "Take over",
  },
  mine: "With this link the audience was taken over already. If you did that: here is the studio again.",
  openStudio: "Open the studio",
  listen: "Listen to the room",
  again: "Try again",
  noLink: "This page takes a room over, and this window has no rescue link for it.",
  noLinkHint: "Open the rescue link that the host gave you (it ends in #ticket= and some 400 letters), or ask the host for one.",
  broken: "This rescue link is not whole.",
  brokenHint: "Part of it got lost on the way here. Copy the whole rescue link again: it ends in #ticket= and some 400 letters.",
  /** Why it cannot be taken over, by the server's code; its own sentence stands for the others. */
  no: {
    "room-moved": "Somebody else was faster: another room has the audience already. You need not do anything.",
    "ticket-used": "This link has done its work: the new room has its host. If that is you, open the host link that you saved there.",
    "room-ended": "The room is over. There is no audience to go on with.",
    "room-unknown": "There is no room of this name any more.",
    "ticket-invalid": "This rescue link does not open this room. Part of it may be missing: copy the whole link again.",
    "ticket-expired": "This rescue link has expired. Ask the host for a newer room's.",
    "ticket-for-another-room": "This rescue link is for another room. Open it as you got it.",
    "ticket-role-wrong": "This is no rescue link, but a link to the stage or an invitation. Open it as you got it.",
    unreachable: "The server does not answer. Check your connection; nothing was taken over yet as far as this page knows.",
  } as Readonly<Record<string, string>>,
};
