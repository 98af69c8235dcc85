import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { OpusWriter } from "../../../src/cli/sound/ogg.ts";
import { heardFrames, until } from "../../support/frames.ts";
import { guestTicket } from "../../support/guest.ts";
import { endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";
import { LONG } from "../../support/tier.ts";
import { toneFrames } from "../../support/tones.ts";

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
const LISTENERS = 50;
const LOGIN = "source:a-password";

describe.runIf(LONG && hasFfmpeg)("ffmpeg, the bridge, and a crowd", () => {
  let encoder: ChildProcess | undefined;
  afterAll(async () => {
    encoder?.kill("SIGKILL");
    await killCommands();
    await endServers();
  });

  it("is heard within a second; killed, the standby within two, and nobody is lost", async () => {
    const server = await serverForTest();
    const created = await createRoom(parseServer(server.url), { title: "Encoder", room: "encoder" });
    const at = ["--url", server.url, "--room", "encoder"];
    const bridge = command("bridge", ...at, "--ticket", created.hostTicket, "--port", "0", "--source", LOGIN);
    await bridge.prints("On air");
    const port = Number(/port (\d+)/.exec(bridge.output().out)?.[1]);
    const guest = await guestTicket(server.url, created, "Standby");
    const heard = heardFrames(server.url, created.room);
    const crowd = command("crowd", ...at, "--listeners", String(LISTENERS), "--ramp", "50", "--seconds", "25", "--json");
    await crowd.prints(`${LISTENERS} of ${LISTENERS} joined`);
    const cameLast = (voice: number) => heard.voices.get(voice)?.at(-1)?.cameMs ?? 0;
    const cameAfter = (voice: number, ms: number) => heard.voices.get(voice)?.find(({ cameMs }) => cameMs > ms)?.cameMs;

    const started = performance.now();
    encoder = ffmpeg(port);
    await until(() => cameAfter(1, started) !== undefined);
    const standby = command("broadcast", ...at, "--ticket", guest, "--standby", "--loop", "--file", await toneFile());
    await standby.prints("On air");
    await until(() => cameLast(1) > started + 6_000);
    expect(heard.voices.has(2)).toBe(false);

    const killed = performance.now();
    encoder.kill("SIGKILL");
    await until(() => heard.voices.has(2));
    const last = cameLast(1);
    const again = performance.now();
    encoder = ffmpeg(port);
    await until(() => cameAfter(1, again) !== undefined && performance.now() - cameLast(2) > 1_000);

    const firstSound = (cameAfter(1, started) ?? 0) - started;
    const standbyIn = (cameAfter(2, killed) ?? 0) - killed;
    const gap = (heard.voices.get(2)?.[0]?.atMs ?? 0) - (heard.voices.get(1)?.findLast(({ cameMs }) => cameMs <= last)?.atMs ?? 0);
    const back = (cameAfter(1, again) ?? 0) - again;
    const out = cameLast(2) - (cameAfter(1, again) ?? 0);
    console.log(
      `first sound ${firstSound.toFixed(0)} ms after ffmpeg's start; standby ${standbyIn.toFixed(0)} ms after its death, ${gap.toFixed(0)} ms without a sound; ` +
        `ffmpeg again after ${back.toFixed(0)} ms, standby out ${out.toFixed(0)} ms later`,
    );
    console.log(bridge.output().err);
    // A busy machine is late; by how much is for the line above to say.
    expect(firstSound).toBeLessThan(5_000);
    expect(gap).toBeLessThanOrEqual(2_000);
    const { code, out: json, err } = await crowd.ended;
    expect(code, err).toBe(0);
    const report = JSON.parse(json);
    console.log(`of ${report.joined} listeners ${report.lost} lost their connection; ${report.holes} holes`);
    expect(report).toMatchObject({ joined: LISTENERS, lost: 0, holes: 0 });
    expect(heard.endings).toBe(0);
    heard.socket.close();
  });
});

/** The line that the bridge prints, with the talk. */
function ffmpeg(port: number): ChildProcess {
  const encode = ["-c:a", "libopus", "-b:a", "64k", "-ac", "2", "-frame_duration", "20", "-page_duration", "20000"];
  const to = ["-content_type", "audio/ogg", "-f", "ogg", `icecast://${LOGIN}@127.0.0.1:${port}/live`];
  return spawn("ffmpeg", ["-loglevel", "error", "-re", "-stream_loop", "-1", "-i", TALK, ...encode, ...to], { stdio: "ignore" });
}

async function toneFile(): Promise<string> {
  const path = join(await temporaryFolder(), "tone.opus");
  const writer = new OpusWriter(path, 1, 312);
  for (const frame of await toneFrames(440, 100)) writer.add(frame);
  await writer.finish();
  return path;
}
