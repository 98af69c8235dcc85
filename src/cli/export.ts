import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { Command } from "commander";
import { chunksIn, decodeChunk } from "../core/audio/chunk.ts";
import { SEGMENT_MS } from "../core/audio/segment.ts";
import { parseRoom, parseServer } from "./api.ts";
import { KeptRoom, segmentFile } from "./export/kept.ts";
import { LIMITER_AHEAD, Limiter } from "./export/limiter.ts";
import { LoudnessMeter } from "./export/loudness.ts";
import { OpusFileSink } from "./export/opus-file.ts";
import { Halt, runCommand } from "./problem.ts";
import { MixDown, type Sink, WavFile } from "./sound/mix-down.ts";

/** How loud the whole is made, in LUFS: what podcasts are played at (AES TD1008). */
const TARGET_LUFS = -16;
/** Nothing is above this, 0 to 1: −1 dBFS, so that what is encoded from it does not clip either. */
const CEILING = 10 ** (-1 / 20);
/** A whisper is not made a shout: the most that it is made louder, in dB. */
const MOST_GAIN_DB = 20;

const program = new Command("npm run export --")
  .description("Mixes what was recorded of a room into one file, as loud as a podcast.")
  .option("--url <server>", "the server", "http://127.0.0.1:8787")
  .requiredOption("--room <room>", "the room")
  .option("--ticket <ticket>", "the invitation to a private room, or its host's ticket")
  .option("--out <file>", "evening.ogg (Opus) or evening.wav; what is fetched is kept beside it until it is done", "evening.ogg")
  .option("--tracks <folder>", "also write each person's own track there, as it was spoken");

type Flags = { readonly url: string; readonly room: string; readonly ticket?: string; readonly out: string; readonly tracks?: string };

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const { out, tracks } = flags;
  const ending = extname(out).toLowerCase();
  if (![".ogg", ".opus", ".wav"].includes(ending)) throw new Halt(`--out must end with .ogg, .opus or .wav, not "${out}".`);
  const kept = await KeptRoom.find(parseServer(flags.url), parseRoom(flags.room), flags.ticket);
  const { news } = kept;
  console.error(`"${news.title}": ${clock(news.durationMs)}, ${news.people.map(({ name }) => name).join(", ") || "nobody spoke"}`);
  const folder = `${out}.segments`;
  await kept.fetchAll(folder, (done, of) => show("Fetched", done / of));
  const meter = new LoudnessMeter();
  await mix(kept, folder, { write: async (pcm) => meter.add(pcm), finish: async () => undefined }, "Measured");
  const gainDb = Math.min(MOST_GAIN_DB, meter.lufs === undefined ? 0 : TARGET_LUFS - meter.lufs);
  // Under another name until it is whole: who finds the file finds all of it.
  const part = `${out}.part`;
  const file = await (ending === ".wav" ? WavFile.create(part) : OpusFileSink.create(part));
  await mix(kept, folder, limited(file, 10 ** (gainDb / 20)), "Mixed");
  await rename(part, out);
  await rm(folder, { recursive: true });
  const loud = meter.lufs === undefined ? "silence" : `${meter.lufs.toFixed(1)} LUFS, made ${gainDb.toFixed(1)} dB louder`;
  console.log(`Wrote ${out} (${loud})`);
  if (tracks === undefined) return;
  await mkdir(tracks, { recursive: true });
  for (const { track, name } of news.people) {
    const path = join(tracks, `${track}-${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}.ogg`);
    await kept.fetchTrack(track, path);
    console.log(`Wrote ${path}`);
  }
});

/** All voices of the fetched segments, each where it stands in the recording. */
async function mix(kept: KeptRoom, folder: string, sink: Sink, doing: string): Promise<void> {
  const mixDown = new MixDown(sink);
  for (const { startsMs, ...name } of kept.segments()) {
    const bytes = new Uint8Array(await readFile(segmentFile(folder, name)));
    for (const { at } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      if (!("malformed" in chunk)) mixDown.add(chunk, startsMs + chunk.roomTimeMs - name.index * SEGMENT_MS);
    }
    await mixDown.drained();
    show(doing, (startsMs + SEGMENT_MS) / kept.news.durationMs);
  }
  await mixDown.finish(kept.news.durationMs);
}

/** As loud as it is to be, and nothing too loud; the 5 ms by which that is late are taken from the start. */
function limited(to: Sink, gain: number): Sink {
  const limiter = new Limiter(gain, CEILING);
  let late = LIMITER_AHEAD;
  const write = async (pcm: Float32Array): Promise<void> => {
    const dropped = Math.min(late, pcm.length);
    late -= dropped;
    await to.write(pcm.subarray(dropped));
  };
  return {
    write: (pcm) => write(limiter.next(pcm)),
    finish: async () => {
      await write(limiter.rest());
      await to.finish();
    },
  };
}

/** One line that is written over on a terminal, and nothing where lines pile up. */
function show(doing: string, share: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${doing} ${Math.floor(share * 100)} % ${share >= 1 ? "\n" : ""}`);
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
