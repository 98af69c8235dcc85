import { parseSessionId } from "../ids.ts";
import { isCount, isNumber, parseObject } from "../json.ts";
import { isKeepDays } from "../room/recording.ts";
import { parseSchedule } from "../room/schedule.ts";
import type { Deed } from "../room/verbs.ts";
import { MAX_CAPTION, MAX_NAME, MAX_TITLE, readable } from "../text.ts";
import type { Zones } from "../zones.ts";
import { MAX_TEXT_LENGTH } from "./limits.ts";

/** What a speaker may say in text; sound is binary (core/audio/speech.ts). */
export type StageSays =
  | Deed
  /** `rttMs`: how long the line takes there and back, as far as his page knows, for those who look after the stage. */
  | { readonly type: "ping"; readonly id: number; readonly rttMs?: number };

/** The only door for a speaker's text. Unknown types are nothing: newer pages may say more than this room knows. */
export function parseStageSays(text: string, zones: Zones): StageSays | undefined {
  return text.length > MAX_TEXT_LENGTH ? undefined : stageSaysOf(parseObject(text), zones);
}

/** The same for what is an object already. */
export function stageSaysOf(said: { readonly [key: string]: unknown } | undefined, zones: Zones): StageSays | undefined {
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
    case "open-doors":
    case "end":
      return { type };
    case "standby":
      return typeof said["on"] === "boolean" ? { type, on: said["on"] } : undefined;
    case "mute": {
      if (typeof muted !== "boolean" || (said["session"] !== undefined && session === undefined)) return undefined;
      if (!isFlag(lock) || !isFlag(said["again"])) return undefined;
      return {
        type,
        muted,
        ...(session === undefined ? {} : { session }),
        ...(lock === true ? { lock } : {}),
        ...(said["again"] === true ? { again: true } : {}),
      };
    }
    case "mute-all":
      return isFlag(lock) ? { type, lock: lock === true } : undefined;
    case "invite":
    case "decline":
    case "demote":
    case "remove":
    case "unban":
    case "dismiss":
    case "transfer":
      return session === undefined ? undefined : { type, session };
    case "ban":
      return session === undefined || !isFlag(said["address"]) ? undefined : { type, session, address: said["address"] === true };
    case "lock-stage":
    case "lock-room":
      return typeof locked === "boolean" ? { type, locked } : undefined;
    case "record": {
      const { on, keepDays } = said;
      if (typeof on !== "boolean" || (keepDays !== undefined && !isKeepDays(keepDays))) return undefined;
      return { type, on, ...(keepDays === undefined ? {} : { keepDays }) };
    }
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
    case "schedule": {
      const { cancel, opensAt, timeZone, minutes, about, speakers, expect } = said;
      // Who calls an evening off and announces one in the same breath means one of the two, and nobody knows which.
      if (cancel === true)
        return [opensAt, timeZone, minutes, about, speakers, expect].some((one) => one !== undefined) ? undefined : { type };
      if (cancel !== undefined) return undefined;
      const schedule = parseSchedule(said, zones);
      return "code" in schedule ? undefined : { type, schedule };
    }
    case "answer":
      return question === undefined ? undefined : { type, question };
    case "caption": {
      const { final, from, to } = said;
      const caption = readable(said["text"], MAX_CAPTION);
      if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,40}$/.test(id) || caption === undefined) return undefined;
      if (said["session"] !== undefined && session === undefined) return undefined;
      if (!isFlag(final) || !(from === undefined || isNumber(from)) || !(to === undefined || isNumber(to))) return undefined;
      return {
        type,
        id,
        text: caption,
        final: final === true,
        ...(session === undefined ? {} : { session }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      };
    }
    case "ping":
      return isCount(id) ? { type, id, ...(isCount(said["rttMs"]) ? { rttMs: said["rttMs"] } : {}) } : undefined;
    default:
      return undefined;
  }
}

/** True of what may be left out, and is yes or no where it is not. */
function isFlag(said: unknown): said is boolean | undefined {
  return said === undefined || typeof said === "boolean";
}
