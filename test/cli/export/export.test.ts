import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { OpusDecoder } from "opus-decoder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { Limiter } from "../../../src/cli/export/limiter.ts";
import { LoudnessMeter } from "../../../src/cli/export/loudness.ts";
import type { RunningServer } from "../../../src/cli/server/server.ts";
import { OpusWriter } from "../../../src/cli/sound/ogg.ts";
import { guestTicket } from "../../support/guest.ts";
import { endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, killCommands } from "../../support/server-commands.ts";
import { readOgg } from "../../support/strict-ogg.ts";
import { strengthOf, toneFrames } from "../../support/tones.ts";

const run = promisify(execFile);

/** Each speaker's tone, in Hz, and for how long it sounds, in s. */
const TONES = [440, 1_100] as const;
const SPEAKS_S = 3;
/** A tone of which this much is there sounds; it was made at 0.3. */
const AUDIBLE = 0.1;

describe("what was recorded of two who spoke", () => {
  let server: RunningServer;
  let folder = "";
  beforeAll(async () => {
    server = await serverForTest();
    folder = await temporaryFolder();
    await anEvening(server, folder);
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  it("can be had as a file each, all of one length, each with his own voice alone; and as one with both, as loud as a podcast", async () => {
    const [out, tracks] = [join(folder, "evening.wav"), join(folder, "tracks")];
    const { code, err } = await command("export", "--url", server.url, "--room", "kept", "--out", out, "--tracks", tracks).ended;
    expect(code, err).toBe(0);
    const files = (await readdir(tracks)).toSorted();
    expect(files).toEqual(["1-Host.ogg", "2-Ana.ogg"]);
    const heard = await Promise.all(files.map(async (file) => readOgg(new Uint8Array(await readFile(join(tracks, file))))));
    const pcm = await Promise.all(heard.map(({ packets, preSkip }) => decoded(packets, preSkip)));
    for (const [index, sound] of pcm.entries()) {
      const windows = TONES.map((hz) => secondsOf(sound, hz));
      expect(windows[index], "his own").toBeGreaterThan(SPEAKS_S - 1.2);
      expect(windows[1 - index], "the other's").toBe(0);
    }
    const wav = await readFile(out);
    const mixed = Float32Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + 2 * index) / 32_767);
    expect(new Set([mixed.length, ...heard.map(({ samples }) => samples)]).size).toBe(1);
    for (const [index, hz] of TONES.entries()) {
      // The mix has each of them for as long as his own track, but for the fades.
      expect(Math.abs(secondsOf(mixed, hz) - secondsOf(pcm[index] ?? new Float32Array(), hz))).toBeLessThanOrEqual(0.15);
    }
    const meter = new LoudnessMeter();
    meter.add(mixed);
    expect(Math.abs((meter.lufs ?? 0) + 16)).toBeLessThan(1);
    expect(mixed.every((sample) => Math.abs(sample) <= 0.892)).toBe(true);
    expect((await readdir(folder)).filter((file) => /\.(part|segments)$/.test(file))).toEqual([]);
  });

  it("is taken by opusinfo and ffmpeg without a word", async (context) => {
    const out = join(folder, "evening.ogg");
    const { code, err } = await command("export", "--url", server.url, "--room", "kept", "--out", out).ended;
    expect(code, err).toBe(0);
    const files = [out, ...(await readdir(join(folder, "tracks"))).map((file) => join(folder, "tracks", file))];
    const said = await Promise.all(files.map((file) => Promise.all([run("opusinfo", [file]), durationOf(file)]))).catch(
      (fault: unknown) => {
        if (fault instanceof Error && "code" in fault && fault.code === "ENOENT") return undefined;
        throw fault;
      },
    );
    if (said === undefined) return context.skip("opusinfo or ffmpeg is not installed here");
    for (const [{ stdout, stderr }] of said) expect(`${stdout}${stderr}`).not.toMatch(/warning|error|negative|invalid/i);
    const durations = said.map(([, duration]) => duration);
    expect(Math.max(...durations) - Math.min(...durations)).toBeLessThanOrEqual(0.02);
  });
});

describe("a limiter", () => {
  it("lets nothing above its ceiling, changes nothing that is below, and gives out all that came in, 5 ms late", () => {
    const pcm = Float32Array.from({ length: 48_000 }, (_, at) => (at > 20_000 && at < 20_400 ? 1.8 : 0.2) * Math.sin(at / 9));
    const limiter = new Limiter(1, 0.89);
    const out = Float32Array.from([...limiter.next(pcm), ...limiter.rest()]).subarray(240);
    expect(out.every((sample) => Math.abs(sample) <= 0.89)).toBe(true);
    expect(out.subarray(0, 19_000)).toEqual(pcm.subarray(0, 19_000));
    expect(Math.max(...out.subarray(20_100, 20_300).map(Math.abs))).toBeGreaterThan(0.85);
  });
});

/** The host speaks, then Ana with him; all of it is kept. */
async function anEvening(server: RunningServer, folder: string): Promise<void> {
  const created = await createRoom(parseServer(server.url), { title: "Kept", room: "kept" });
  const authorization = `Bearer ${created.hostTicket}`;
  const ask = (verb: string, body: object) =>
    fetch(`${server.url}/api/rooms/kept/${verb}`, { method: "POST", headers: { authorization }, body: JSON.stringify(body) });
  expect((await ask("record", { on: true })).status).toBe(204);
  const tickets = [created.hostTicket, await guestTicket(server.url, created, "Ana")];
  const speaking = [];
  for (const [index, hz] of TONES.entries()) {
    const path = join(folder, `${hz}.opus`);
    const writer = new OpusWriter(path, 1, 312);
    for (const frame of await toneFrames(hz, SPEAKS_S * 50)) writer.add(frame);
    await writer.finish();
    const speaks = command("broadcast", "--url", server.url, "--room", "kept", "--ticket", tickets[index] ?? "", "--file", path);
    await speaks.prints("On air");
    speaking.push(speaks);
  }
  for (const { ended } of speaking) expect((await ended).code).toBe(0);
  expect((await ask("end", {})).status).toBe(204);
  for (let isKept = false; !isKept; ) {
    const news = await (await fetch(`${server.url}/api/rooms/kept/recording`)).text();
    isKept = news.includes('"ended":true') && news.includes("Ana");
    if (!isKept) await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function decoded(packets: readonly Uint8Array[], preSkip: number): Promise<Float32Array> {
  const decoder = new OpusDecoder({ channels: 1, streamCount: 1, coupledStreamCount: 0, channelMappingTable: [0], preSkip: 0 });
  await decoder.ready;
  const { channelData } = decoder.decodeFrames([...packets]);
  decoder.free();
  return (channelData[0] ?? new Float32Array()).subarray(preSkip);
}

/** For how long a tone is to be heard, in s, by windows of 50 ms. */
function secondsOf(pcm: Float32Array, hz: number): number {
  let windows = 0;
  for (let at = 0; at + 2_400 <= pcm.length; at += 2_400) if (strengthOf(pcm.subarray(at, at + 2_400), hz) > AUDIBLE) windows++;
  return windows / 20;
}

/** How long ffmpeg plays a file, in s; with whatever it wonders at as an error. */
async function durationOf(file: string): Promise<number> {
  const { stdout, stderr } = await run("ffmpeg", ["-v", "warning", "-i", file, "-f", "s16le", "-ac", "1", "-ar", "48000", "-"], {
    encoding: "buffer",
    maxBuffer: 2 ** 27,
  });
  if (stderr.length > 0) throw new Error(String(stderr));
  return stdout.length / 96_000;
}
