import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { chirpsUp, chirpWav, findChirps, silences } from "../support/chirps.ts";
import { endServers, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

const run = promisify(execFile);
/** What is decoded, in s. The first eight are the stream's past, which was silent; the long tier listens for five minutes. */
const SECONDS = LONG ? 300 : 13;
/** The chirps begin anew after so long, in s. */
const LOOP_S = LONG ? 320 : 40;

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
if (!hasFfmpeg) console.warn("Skipped: ffmpeg plays live.ogg and live.m3u8 here, and there is none (apt-get install ffmpeg).");

describe.runIf(hasFfmpeg)("a plain player", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest();
    const file = join(await temporaryFolder(), "chirps");
    await writeFile(`${file}.wav`, chirpWav(LOOP_S));
    await run("ffmpeg", ["-v", "error", "-i", `${file}.wav`, "-c:a", "libopus", "-b:a", "32k", "-frame_duration", "20", `${file}.opus`]);
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Chirps", room: "chirps" });
    const speaking = command(
      "broadcast",
      "--url",
      server.url,
      "--room",
      "chirps",
      "--ticket",
      hostTicket,
      "--file",
      `${file}.opus`,
      "--loop",
    );
    await speaking.prints("On air");
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  // The same packets in another wrapping: the long tier's.
  it.each<[string, number]>([["live.ogg", SECONDS], ...(LONG ? [["live.m3u8", 60] satisfies [string, number]] : [])])(
    `ffmpeg hears from %s what is spoken, %i s without a gap`,
    { timeout: (SECONDS + 60) * 1_000 },
    async (name, seconds) => {
      const pcm = await heardFrom(`${server.url}/rooms/chirps/${name}`, seconds);
      expect(pcm.length).toBeGreaterThan((seconds - 0.2) * 48_000);
      const chirps = findChirps(pcm);
      expect(chirps.length).toBeGreaterThanOrEqual(seconds - 10);
      const whole = Array.from({ length: LOOP_S }, (_, second) => (chirpsUp(second) ? "/" : "\\")).join("");
      expect(whole + whole).toContain(chirps.map(({ up }) => (up ? "/" : "\\")).join(""));
      const apart = chirps.slice(1).map(({ sample }, at) => (sample - (chirps[at]?.sample ?? 0)) / 48);
      // A second apart, to the packet: nothing is left out, and nothing is put in between.
      for (const ms of apart) expect(Math.abs(ms - 1_000)).toBeLessThan(25);
      // From the first chirp on, silence is only where none was spoken.
      const sound = pcm.subarray(chirps[0]?.sample ?? 0);
      for (const { from, to } of silences(sound, 60)) expect((to - from) / 48_000).toBeGreaterThan(0.3);
    },
  );
});

/** What ffmpeg makes of an address, mono. @throws if it complains of anything */
async function heardFrom(url: string, seconds: number): Promise<Float32Array> {
  const args = ["-v", "warning", "-t", String(seconds), "-i", url, "-ac", "1", "-f", "f32le", "-"];
  const { stdout, stderr } = await run("ffmpeg", args, {
    encoding: "buffer",
    maxBuffer: 512 * 1024 * 1024,
    timeout: (seconds + 30) * 1_000,
  });
  // Its HLS reader meets each fragment's head again, and says so.
  const complaints = stderr
    .toString()
    .split("\n")
    .filter((line) => line !== "" && !/duplicated MOOV|Last message repeated/.test(line));
  expect(complaints).toEqual([]);
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
}
