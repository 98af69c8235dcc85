import { parseSessionId, type SessionId } from "../ids.ts";
import { isCount, parseObject } from "../json.ts";
import { MAX_NAME, MAX_TITLE, readable } from "../text.ts";
import { MAX_TEXT_LENGTH } from "./limits.ts";

/** What a speaker may say in text; sound is binary (core/audio/speech.ts). Who may say which: core/room/roles.ts. */
export type StageSays =
  | { readonly type: "on-air" }
  | { readonly type: "off-air" }
  /** A sound check: from here on the stage hears him, the audience does not. `on-air` or `off-air` ends it. */
  | { readonly type: "check" }
  /** Oneself, or with `session` somebody else; `lock`: only who runs the room opens it again. */
  | { readonly type: "mute"; readonly muted: boolean; readonly session?: SessionId; readonly lock?: boolean }
  /** Everybody but who says it. */
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
  /** The same, and he is not let in again; `address`: nor whoever comes from where he came from. */
  | { readonly type: "ban"; readonly session: SessionId; readonly address: boolean }
  | { readonly type: "unban"; readonly session: SessionId }
  /** Nobody new comes up, no hand is raised. */
  | { readonly type: "lock-stage"; readonly locked: boolean }
  /** Private: who comes to listen needs a ticket. */
  | { readonly type: "lock-room"; readonly locked: boolean }
  | { readonly type: "rename"; readonly title: string }
  /** His own name. */
  | { readonly type: "call-me"; readonly name: string }
  /** Makes a speaker a co-host of rank 1 or 2. */
  | { readonly type: "appoint"; readonly session: SessionId; readonly rank: 1 | 2 }
  /** Makes a co-host a speaker again. */
  | { readonly type: "dismiss"; readonly session: SessionId }
  /** Makes somebody else the host, and oneself his first co-host. */
  | { readonly type: "transfer"; readonly session: SessionId }
  /** A co-host takes the room over from a host who is gone. */
  | { readonly type: "take-over" }
  /** Shows one question to all; without one, none. */
  | { readonly type: "pin"; readonly question?: string }
  /** A question is dealt with, and leaves the queue. */
  | { readonly type: "answer"; readonly question: string }
  /** An invitation to listen to a private room: answered by an `invitation` text. */
  | { readonly type: "invite-listener"; readonly name: string }
  | { readonly type: "end" }
  /** `rttMs`: how long the line takes there and back, as far as his page knows, for those who look after the stage. */
  | { readonly type: "ping"; readonly id: number; readonly rttMs?: number };

/** What may be asked of a room, by its word. `ping` asks nothing. */
export type Verb = Exclude<StageSays["type"], "ping">;

/** The only door for a speaker's text. Unknown types are nothing: newer pages may say more than this room knows. */
export function parseStageSays(text: string): StageSays | undefined {
  return text.length > MAX_TEXT_LENGTH ? undefined : stageSaysOf(parseObject(text));
}

/** The same for what is an object already. */
export function stageSaysOf(said: { readonly [key: string]: unknown } | undefined): StageSays | undefined {
  if (said === undefined) return undefined;
  const { type, muted, lock, locked, id } = said;
  const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
  const question = typeof said["question"] === "string" && said["question"].length <= 64 ? said["question"] : undefined;
  switch (type) {
    case "on-air":
    case "off-air":
    case "check":
    case "step-down":
    case "take-over":
    case "end":
      return { type };
    case "mute": {
      if (typeof muted !== "boolean" || (said["session"] !== undefined && session === undefined)) return undefined;
      return { type, muted, ...(session === undefined ? {} : { session }), ...(lock === true ? { lock } : {}) };
    }
    case "mute-all":
      return { type, lock: lock === true };
    case "invite":
    case "decline":
    case "demote":
    case "remove":
    case "unban":
    case "dismiss":
    case "transfer":
      return session === undefined ? undefined : { type, session };
    case "ban":
      return session === undefined ? undefined : { type, session, address: said["address"] === true };
    case "lock-stage":
    case "lock-room":
      return typeof locked === "boolean" ? { type, locked } : undefined;
    case "rename": {
      const title = readable(said["title"], MAX_TITLE);
      return title === undefined ? undefined : { type, title };
    }
    case "call-me":
    case "invite-listener": {
      const name = readable(said["name"], MAX_NAME);
      return name === undefined ? undefined : { type, name };
    }
    case "appoint": {
      const { rank } = said;
      return session !== undefined && (rank === 1 || rank === 2) ? { type, session, rank } : undefined;
    }
    case "pin":
      return said["question"] === undefined ? { type } : question === undefined ? undefined : { type, question };
    case "answer":
      return question === undefined ? undefined : { type, question };
    case "ping":
      return isCount(id) ? { type, id, ...(isCount(said["rttMs"]) ? { rttMs: said["rttMs"] } : {}) } : undefined;
    default:
      return undefined;
  }
}
