import type { EndingName } from "../../wire/ending.ts";

/** Why not: what people read instead of a code. */
export const no = {
  /** By a problem's or a refusal's code, where pages say it otherwise than the server; the server's own sentence stands for the others. */
  code: {
    "room-unknown": "There is no room of this name. Check the link, or make a room of your own",
    "time-missing": "There is no such time on that day: the clocks are put forward over it. Choose another one",
    "time-twice": "That time comes twice on that day, because the clocks are put back. Choose another one",
    declined: "Not this time: the host said no to your hand",
    expired: "The invitation has expired. Raise your hand again",
    full: "So many hands are up that no more are taken just now",
    demoted: "You are back among the listeners",
  } as Readonly<Record<string, string>>,
  ending: {
    restarting: "The server is restarting",
    slow: "Your connection could not keep up",
    full: "The room is full at this moment",
    unfed: "This branch of the tree lost its room",
    uprooted: "This link was replaced by a newer one",
    diverted: "The room is very full",
    ended: "The room is over",
    superseded: "You went on air from another window; this one is off",
    moved: "Another room has taken this audience over",
    removed: "A host removed you from this room",
    private: "This room is private: you need an invitation",
    "off-stage": "You are back among the listeners",
    "listener-sent-binary": "Listeners cannot send sound",
    "message-too-large": "That message was too large",
    "message-malformed": "That message could not be read",
    "too-many-messages": "Too many messages",
  } as Readonly<Record<EndingName, string>>,
  unreachable: "The server does not answer. Check your connection and try again.",
  notUnderstood: (status: number) => `The server answered ${status} in a way this page does not know. Try again in a moment.`,
  /** Why a ticket does not open the stage. */
  ticket: {
    moved: "Another room has taken this audience over. Its host has another link",
    invalid: "This host link does not open this room. Part of it may be missing: copy the whole link again",
    expired: "This host link has expired. Use a newer one, or make a new room",
    anotherRoom: "This host link is for another room. Open the one that you got for this room",
    role: "This link does not make you the host. Open the host link",
    unknown: "There is no room of this name any more",
  },
};
