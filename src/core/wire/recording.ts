import type { Run } from "../audio/lane-head.ts";
import type { RecordedPerson, RecordedRun, Recording, Spell } from "../audio/recording.ts";
import type { Missing } from "../audio/segment.ts";
import { parseSessionId } from "../ids.ts";
import { type Fields, isCount, isFields, parseObject } from "../json.ts";
import { isPath, positionOf } from "./parse.ts";

/** Most entries of each list that are read: 100,000 spells are more than a day of constant interruptions. */
const MOST = 100_000;

/** What `GET /api/rooms/:room/recording` says. */
export type RecordingNews = Recording & {
  readonly room: string;
  readonly title: string;
  /** When it began, ISO 8601, UTC. */
  readonly startedAt: string;
  /** The room is over; false while more may still be recorded. */
  readonly ended: boolean;
  /** When it will be deleted, ISO 8601, UTC; missing while the room is not over. */
  readonly keptUntil?: string;
  readonly durationMs: number;
  /** The path below which its segments are fetched, as in a `welcome`. */
  readonly segments: string;
};

/** The only door for a recording's text; undefined if it is none. */
export function parseRecording(text: string): RecordingNews | undefined {
  const said = parseObject(text);
  if (said === undefined) return undefined;
  const { room, title, startedAt, keptUntil, durationMs, segments, segmentMs } = said;
  const gaps = listOf(said["gaps"], missingOf);
  const people = listOf(said["people"], personOf);
  const spells = listOf(said["spells"], spellOf);
  if (typeof room !== "string" || typeof title !== "string" || typeof startedAt !== "string") return undefined;
  if (typeof segments !== "string" || !isPath(segments) || !isCount(segmentMs) || segmentMs === 0 || !isCount(durationMs)) return undefined;
  const runs = listOf(said["runs"], (run) => recordedRunOf(run, segmentMs));
  if (runs === undefined || gaps === undefined || people === undefined || spells === undefined) return undefined;
  const flags = { ended: said["ended"] === true, captioned: said["captioned"] === true };
  const kept = typeof keptUntil === "string" ? { keptUntil } : {};
  return { room, title, startedAt, durationMs, segments, segmentMs, runs, gaps, people, spells, ...flags, ...kept };
}

/** The only door for a run. */
export function runOf(said: unknown): Run | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, first, last } = said;
  return isCount(epoch) && isCount(first) && isCount(last) && first <= last ? { epoch, first, last } : undefined;
}

function recordedRunOf(said: unknown, segmentMs: number): RecordedRun | undefined {
  const run = runOf(said);
  const lead = isFields(said) ? said["lead"] : undefined;
  if (run === undefined || lead === undefined) return run;
  // Nothing was said before the room began.
  return isCount(lead) && lead > 0 && lead <= run.first * segmentMs ? { ...run, lead } : undefined;
}

/** The only door for a gap in a list. */
export function missingOf(said: unknown): Missing | undefined {
  if (!isFields(said)) return undefined;
  const from = positionOf(said["from"]);
  const to = positionOf(said["to"]);
  return from === undefined || to === undefined ? undefined : { from, to };
}

function personOf(said: unknown): RecordedPerson | undefined {
  if (!isFields(said)) return undefined;
  const { track, name } = said;
  const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
  const voices = listOf(said["voices"], voiceOf);
  if (!isCount(track) || typeof name !== "string" || session === undefined || voices === undefined) return undefined;
  return { track, session, name, voices };
}

function voiceOf(said: unknown): RecordedPerson["voices"][number] | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, voice } = said;
  return isCount(epoch) && isCount(voice) ? { epoch, voice } : undefined;
}

function spellOf(said: unknown): Spell | undefined {
  if (!isFields(said)) return undefined;
  const { track, fromMs, toMs }: Fields = said;
  return isCount(track) && isCount(fromMs) && isCount(toMs) && fromMs <= toMs ? { track, fromMs, toMs } : undefined;
}

function listOf<One>(said: unknown, read: (one: unknown) => One | undefined): One[] | undefined {
  if (!Array.isArray(said) || said.length > MOST) return undefined;
  const list = said.map(read).filter((one) => one !== undefined);
  return list.length === said.length ? list : undefined;
}
