import type { SessionId } from "../ids.ts";
import type { Schedule } from "./schedule.ts";

/** A co-host's rank: 1 takes over before 2. */
export type Rank = 1 | 2;

/** What may be asked of a room, by who is on stage or by HTTP. Who may do which to whom: roles.ts. */
export type Deed =
  | { readonly type: "on-air" }
  | { readonly type: "off-air" }
  /** A sound check: from here on the stage hears him, the audience does not. `on-air` or `off-air` ends it. */
  | { readonly type: "check" }
  /** His own sound is to be heard only while nobody else's is: he stands by (core/audio/standby.ts). */
  | { readonly type: "standby"; readonly on: boolean }
  /** Oneself, or with `session` somebody else; `lock`: only who runs the room opens it again. Nobody opens what its owner has closed himself. */
  | { readonly type: "mute"; readonly muted: boolean; readonly session?: SessionId; readonly lock?: boolean; readonly again?: boolean }
  /** Everybody whom he may mute, but himself. */
  | { readonly type: "mute-all"; readonly lock: boolean }
  /** Grants a raised hand, or asks somebody up who raised none. He comes by a click of his own. */
  | { readonly type: "invite"; readonly session: SessionId }
  /** Says no to a hand, or takes an invitation back. */
  | { readonly type: "decline"; readonly session: SessionId }
  /** Back among the listeners. */
  | { readonly type: "demote"; readonly session: SessionId }
  | { readonly type: "step-down" }
  /** Out of the room, and his ticket with him. */
  | { readonly type: "remove"; readonly session: SessionId }
  /** The same, and with `address` nor is whoever comes from where he came from let in. */
  | { readonly type: "ban"; readonly session: SessionId; readonly address: boolean }
  | { readonly type: "unban"; readonly session: SessionId }
  /** Nobody new comes up, no hand is raised. */
  | { readonly type: "lock-stage"; readonly locked: boolean }
  /** Private: who comes to listen needs a ticket. */
  | { readonly type: "lock-room"; readonly locked: boolean }
  | { readonly type: "rename"; readonly title: string }
  /** His own name. */
  | { readonly type: "call-me"; readonly name: string }
  /** Makes a speaker a co-host of rank 1 or 2; the host may also give a co-host the other rank. */
  | { readonly type: "appoint"; readonly session: SessionId; readonly rank: Rank }
  /** Makes a co-host a speaker again. */
  | { readonly type: "dismiss"; readonly session: SessionId }
  /** Makes somebody else the host, and the host his first co-host. A co-host may do it once he may take over. */
  | { readonly type: "transfer"; readonly session: SessionId }
  /** A co-host takes the room over from a host who is gone. */
  | { readonly type: "take-over" }
  /** Shows one question to all; without one, none. */
  | { readonly type: "pin"; readonly question?: string }
  /** A question is dealt with, and leaves the queue. */
  | { readonly type: "answer"; readonly question: string }
  /**
   * What somebody on stage says, in words: oneself, or with `session` somebody else. The same `id` again is the same line, longer or corrected,
   * until it is `final`. `from` and `to`: when it was said, on the room's timeline, in ms.
   */
  | {
      readonly type: "caption";
      readonly id: string;
      readonly text: string;
      readonly final: boolean;
      readonly session?: SessionId;
      readonly from?: number;
      readonly to?: number;
    }
  /** An invitation to listen to a private room: answered by a ticket. */
  | { readonly type: "invite-listener"; readonly name: string }
  /** What is said from here on is kept, or is not; `keepDays`: for how long after the room's end. */
  | { readonly type: "record"; readonly on: boolean; readonly keepDays?: number }
  /** Announces when the doors open, and closes them until then; without a schedule: calls it off. */
  | { readonly type: "schedule"; readonly schedule?: Schedule }
  /** Opens the doors before their time. */
  | { readonly type: "open-doors" }
  | { readonly type: "end" };

/** What may be asked of a room, by its word. */
export type Verb = Deed["type"];

/** What needs leave: verbs, and what the API alone asks. */
export type Asking = Verb | "expect" | "backstage" | "delete-recording" | "evening";

/** Each of them, as it ends the sentence "Only the host and co-hosts can …". */
export const DEEDS: Readonly<Record<Asking, string>> = {
  "on-air": "go on air",
  "off-air": "go off air",
  check: "check their sound",
  standby: "stand by",
  mute: "mute others",
  "mute-all": "mute everybody",
  invite: "invite people to the stage",
  decline: "decline a hand",
  demote: "send people back to the audience",
  "step-down": "step down",
  remove: "remove people",
  ban: "ban people",
  unban: "lift a ban",
  "lock-stage": "lock the stage",
  "lock-room": "lock the room",
  rename: "rename the room",
  "call-me": "change their name here",
  appoint: "appoint co-hosts",
  dismiss: "dismiss a co-host",
  transfer: "hand the room on",
  "take-over": "take the room over",
  pin: "pin a question",
  answer: "mark a question as answered",
  caption: "write down what others say",
  "invite-listener": "invite people to listen",
  schedule: "schedule the room",
  "open-doors": "open the doors",
  end: "end the room",
  record: "record the room",
  "delete-recording": "delete the recording",
  expect: "say how many people are expected",
  backstage: "look behind the stage",
  evening: "read the report of the evening",
};
