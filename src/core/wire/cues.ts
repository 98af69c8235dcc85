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
