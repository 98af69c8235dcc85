import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { OpusWriter } from "../../src/cli/sound/ogg.ts";
import { guestTicket } from "../support/guest.ts";
import { endServers, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands } from "../support/server-commands.ts";
import { strengthOf, toneFrames } from "../support/tones.ts";

/** Each speaker's tone, in Hz, far enough apart to be told from each other. */
const TONES = [440, 700, 1_100] as const;
/** For how long each of them sounds, in s. */
const SPEAKS_S = 4;
/** A tone of which this much is there sounds; it was made at 0.3. */
const AUDIBLE = 0.1;

describe("a host and two guests who speak at once", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest();
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  it("are all heard by a listener, in the order in which they began, each without a hole", async () => {
    const folder = await temporaryFolder();
    const created = await createRoom(parseServer(server.url), { title: "Three", room: "three" });
    const at = ["--url", server.url, "--room", "three"];
    const mix = join(folder, "mix.wav");
    const listening = command("listen", ...at, "--out", join(folder, "heard.opus"), "--mix", mix, "--seconds", "16", "--json");
    await listening.prints("Listening");
    const tickets = [created.hostTicket, await guestTicket(server.url, created, "Ana"), await guestTicket(server.url, created, "Bo")];
    const speaking = [];
    for (const [index, hz] of TONES.entries()) {
      const file = await toneFile(join(folder, `${hz}.opus`), hz);
      const speaks = command("broadcast", ...at, "--ticket", tickets[index] ?? "", "--file", file);
      await speaks.prints("On air");
      speaking.push(speaks);
      await new Promise((wake) => setTimeout(wake, 700));
    }
    for (const { ended } of speaking) expect((await ended).code).toBe(0);
    const { code, out, err } = await listening.ended;
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ holes: 0, repeats: 0, epochs: 1 });
    const wav = await readFile(mix);
    const pcm = Float32Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + 2 * index) / 32_767);
    const heard = TONES.map((hz) => soundsAt(pcm, hz));
    const starts = heard.map((windows) => windows.indexOf(true));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    for (const [speaker, windows] of heard.entries()) {
      const sounding = windows.slice(windows.indexOf(true), windows.lastIndexOf(true) + 1);
      expect(sounding.every((sounds) => sounds)).toBe(true);
      // Windows of 50 ms; a talkspurt fades at its ends. Who goes on air first waits until the room is live.
      expect(sounding.length).toBeGreaterThanOrEqual(20 * (SPEAKS_S - (speaker === 0 ? 1.5 : 0)) - 2);
      expect(sounding.length).toBeLessThanOrEqual(20 * SPEAKS_S + 2);
    }
    // They did speak at once.
    expect(heard[0]?.some((sounds, window) => sounds && heard[1]?.[window] === true)).toBe(true);
  });
});

/** Whether a tone is to be heard in each 50 ms of a sound. */
function soundsAt(pcm: Float32Array, hz: number): boolean[] {
  return Array.from(
    { length: Math.floor(pcm.length / 2_400) },
    (_, window) => strengthOf(pcm.subarray(window * 2_400, (window + 1) * 2_400), hz) > AUDIBLE,
  );
}

async function toneFile(path: string, hz: number): Promise<string> {
  const writer = new OpusWriter(path, 1, 312);
  for (const frame of await toneFrames(hz, SPEAKS_S * 50)) writer.add(frame);
  await writer.finish();
  return path;
}
