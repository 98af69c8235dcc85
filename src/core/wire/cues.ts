import { type RecordedCaption, type Recording, replayMs, replayTimeOf } from "../audio/recording.ts";

/** Most cues that are read: a line a second for a day. */
const MOST = 86_400;

/** One line of captions, in ms of replay time; `name`: who said it. */
export type Cue = { readonly fromMs: number; readonly toMs: number; readonly name: string | undefined; readonly text: string };

/** The only door for captions as a file (WebVTT): its cues in order of their start. What is no cue is left out. */
export function parseCues(file: string): readonly Cue[] {
  const cues: Cue[] = [];
  for (const block of file.replaceAll(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => line.includes("-->"));
    const cue = at < 0 ? undefined : cueOf(lines[at] ?? "", lines.slice(at + 1).join("\n"));
    if (cue !== undefined) cues.push(cue);
    if (cues.length >= MOST) break;
  }
  return cues.sort((one, other) => one.fromMs - other.fromMs);
}

/** Nobody reads a line in less than this, in ms: it stays so long at least, whatever is known of its end. */
const SHOWN_MS = 1_200;

/** What is kept of a room's captions, in replay time, in order: lines of which nothing was recorded are left out. */
export function cuesOf(recording: Pick<Recording, "runs" | "segmentMs" | "people">, captions: readonly RecordedCaption[]): readonly Cue[] {
  const names = new Map(recording.people.map(({ track, name }) => [track, name]));
  const endMs = replayMs(recording);
  const cues = captions.flatMap(({ epoch, fromMs, toMs, track, text }) => {
    // Where recording began in the middle of a segment's time, what was said in the rest of it sounds with the next.
    const from = replayTimeOf(recording, epoch, fromMs) ?? replayTimeOf(recording, epoch, nextSegmentAt(fromMs, recording.segmentMs));
    if (from === undefined) return [];
    // Where the recording stops in the middle of a line, so does the line.
    const to = Math.min(replayTimeOf(recording, epoch, toMs) ?? from, from + toMs - fromMs);
    return [{ fromMs: from, toMs: Math.max(from + 1, Math.min(endMs, Math.max(to, from + SHOWN_MS))), name: names.get(track ?? 0), text }];
  });
  return cues.sort((one, other) => one.fromMs - other.fromMs);
}

function nextSegmentAt(ms: number, segmentMs: number): number {
  return (Math.floor(ms / segmentMs) + 1) * segmentMs;
}

/** How a file of captions begins (WebVTT, https://www.w3.org/TR/webvtt1/). */
export const CUES_HEAD = "WEBVTT\n";

/** Captions as they follow a file's head and other cues, with who says each as a voice span. What a line says never becomes markup. */
export function formatMoreCues(cues: readonly Cue[]): string {
  const blocks = cues.map(({ fromMs, toMs, name, text }) => {
    const voice = name === undefined || escaped(name) === "" ? "" : `<v ${escaped(name)}>`;
    return `\n${clock(fromMs)} --> ${clock(toMs)}\n${voice}${escaped(text)}\n`;
  });
  return blocks.join("");
}

/** Captions as a whole file. */
export function formatCues(cues: readonly Cue[]): string {
  return CUES_HEAD + formatMoreCues(cues);
}

function clock(ms: number): string {
  const whole = Math.round(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const hours = Math.min(9_999, Math.floor(whole / 3_600_000));
  return `${two(hours)}:${two((whole / 60_000) % 60)}:${two((whole / 1_000) % 60)}.${String(whole % 1_000).padStart(3, "0")}`;
}

/** On one line, and without what would be a tag, an entity or an arrow. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").trim();
}

function cueOf(timing: string, payload: string): Cue | undefined {
  const [from, to] = timing.split("-->").map((part) => msOf(part.trim().split(/\s/)[0] ?? ""));
  const text = plain(payload);
  if (from === undefined || to === undefined || to < from || text === "") return undefined;
  const name = /^<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(payload.trim())?.[1];
  return { fromMs: from, toMs: to, name: name === undefined ? undefined : plain(name), text };
}

/** `01:02:03.456` or `02:03.456`, in ms (WebVTT §4.1). */
function msOf(text: string): number | undefined {
  const found = /^(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/.exec(text);
  if (found === null) return undefined;
  const [, hours = "0", minutes, seconds, ms] = found;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(ms);
}

const ESCAPES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", nbsp: "\u00a0", lrm: "\u200e", rlm: "\u200f" };

/** A cue's text without its tags. */
function plain(payload: string): string {
  return payload
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(\w+);/g, (whole, name: string) => ESCAPES[name] ?? whole)
    .replaceAll(/\s+/g, " ")
    .trim();
}
