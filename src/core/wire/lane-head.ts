import type { LaneHead } from "../audio/lane-head.ts";
import { isCount, isNumber, parseObject } from "../json.ts";
import type { State } from "./messages.ts";
import { statesOf } from "./parse.ts";
import { missingOf, runOf } from "./recording.ts";

/** Most runs and gaps that are read: two minutes are 60 segments, and a room that stumbles more often is none to listen to. */
const MOST = 1_000;

/** What `GET …/head` says: what can be fetched, and the newest states. */
export type LaneNews = { readonly head: LaneHead; readonly states: readonly State[] };

/** The only door for a head's text; undefined if it is none. */
export function parseLaneHead(text: string): LaneNews | undefined {
  const said = parseObject(text);
  if (said === undefined) return undefined;
  const { epoch, roomTimeMs, ageMs, segmentMs, phase } = said;
  const runs = listOf(said["runs"], runOf);
  const gaps = listOf(said["gaps"], missingOf);
  if (!isCount(epoch) || !isCount(roomTimeMs) || !isNumber(ageMs) || !isCount(segmentMs) || segmentMs === 0) return undefined;
  if (runs === undefined || gaps === undefined) return undefined;
  if (phase !== "quiet" && phase !== "live" && phase !== "ended") return undefined;
  return { head: { epoch, roomTimeMs, ageMs, segmentMs, phase, runs, gaps }, states: statesOf(said["states"]) };
}

function listOf<One>(said: unknown, read: (one: unknown) => One | undefined): One[] | undefined {
  if (!Array.isArray(said) || said.length > MOST) return undefined;
  const list = said.map(read).filter((one) => one !== undefined);
  return list.length === said.length ? list : undefined;
}
