import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { connect, type Socket as TcpSocket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import type { RunningServer } from "../../../src/cli/server/server.ts";
import { readOpusFile } from "../../../src/cli/sound/ogg.ts";
import { oggPage, opusHead, opusHeaderPages, opusTags } from "../../../src/core/audio/ogg.ts";
import { heardFrames, until } from "../../support/frames.ts";
import { endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";
import { stereoToneFile } from "../../support/stereo.ts";
import { strengthOf } from "../../support/tones.ts";

const LOGIN = "source:a-password";
/** Frames on a page of the encoder that is played here: 100 ms. */
const PAGE_FRAMES = 5;

describe("npm run bridge", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest();
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  it("hands an encoder's packets on as they are; killed, the standby is heard within two seconds, and out again when the encoder is back", async () => {
    const created = await createRoom(parseServer(server.url), { title: "Bridge", room: "bridge" });
    const at = ["--url", server.url, "--room", "bridge"];
    const heard = heardFrames(server.url, created.room);
    const bridge = command("bridge", ...at, "--ticket", created.hostTicket, "--port", "0", "--source", LOGIN);
    await bridge.prints("On air");
    const port = Number(/port (\d+)/.exec(bridge.output().out)?.[1]);
    const { frames } = await readOpusFile(TALK);

    let encoder = await encode(port, frames);
    await until(() => (heard.voices.get(1)?.length ?? 0) > 50);
    const standby = command(
      "broadcast",
      ...at,
      "--come-up",
      "Standby",
      "--standby",
      "--loop",
      "--file",
      await stereoToneFile(440, 1_100, 2),
    );
    await standby.prints("has raised a hand");
    const session = /"session": "([^"]+)"/.exec(standby.output().out)?.[1];
    const invites = { method: "POST", headers: { authorization: `Bearer ${created.hostTicket}` }, body: JSON.stringify({ session }) };
    expect((await fetch(`${server.url}/api/rooms/bridge/invite`, invites)).status).toBe(204);
    await standby.prints("On air");
    await until(() => (heard.voices.get(1)?.length ?? 0) > 100);
    expect(heard.voices.has(2)).toBe(false);

    encoder.stop();
    await until(() => heard.voices.has(2));
    const [main = [], tone = []] = [heard.voices.get(1)?.slice(), heard.voices.get(2)];
    expect((tone[0]?.atMs ?? 0) - (main.at(-1)?.atMs ?? 0)).toBeLessThanOrEqual(2_000);
    const said = frames.map((frame) => Buffer.from(frame).toString("hex"));
    // Nothing is changed and nothing comes twice; what a machine that is out of time left out is for others to say.
    const places = main.map(({ bytes }) => said.indexOf(bytes));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places.every((place) => place >= 0)).toBe(true);

    encoder = await encode(port, frames);
    await until(() => (heard.voices.get(1)?.length ?? 0) > main.length + 60);
    const spoken = heard.voices.get(2)?.length;
    await until(() => (heard.voices.get(1)?.length ?? 0) > main.length + 110);
    expect(heard.voices.get(2)).toHaveLength(spoken ?? 0);
    expect(heard.endings).toBe(0);
    encoder.stop();
    heard.socket.close();
    for (const one of [bridge, standby]) {
      one.child.kill("SIGINT");
      expect((await one.ended).code).toBe(0);
    }
  });

  it("takes stereo from standard input, which is heard from both of its sides, and ends with it", async () => {
    const folder = await temporaryFolder();
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Stdin", room: "stdin" });
    const mix = join(folder, "mix.wav");
    const listening = command(
      "listen",
      "--url",
      server.url,
      "--room",
      "stdin",
      "--out",
      join(folder, "heard.opus"),
      "--mix",
      mix,
      "--seconds",
      "5",
    );
    await listening.prints("Listening");
    const path = await stereoToneFile(440, 1_100, 2);
    const file = await open(path);
    const bridge = spawn(
      process.execPath,
      ["src/cli/bridge.ts", "--url", server.url, "--room", "stdin", "--ticket", hostTicket, "--stdin"],
      {
        stdio: [file.fd, "ignore", "ignore"],
      },
    );
    const [code] = await once(bridge, "close");
    await file.close();
    expect(code).toBe(0);
    expect((await listening.ended).code).toBe(0);
    const wav = await readFile(mix);
    const pcm = Float32Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + 2 * index) / 32_767);
    const windows = Array.from({ length: Math.floor(pcm.length / 2_400) }, (_, window) =>
      pcm.subarray(window * 2_400, (window + 1) * 2_400),
    );
    // One tone on each side: whoever hears one channel of them only, hears one tone.
    for (const hz of [440, 1_100]) expect(windows.filter((window) => strengthOf(window, hz) > 0.05).length, `${hz} Hz`).toBeGreaterThan(20);
  });

  it("a room that is not there gets a clear answer and exit code 1", async () => {
    const { code, err } = await command("bridge", "--url", server.url, "--room", "nowhere", "--ticket", "x", "--port", "0").ended;
    expect(err).toContain("room-unknown");
    expect(err).not.toContain("    at ");
    expect(code).toBe(1);
  });
});

/** An encoder that sends these frames in real time, a page at a time. */
async function encode(port: number, frames: readonly Uint8Array[]): Promise<{ stop(): void }> {
  const socket: TcpSocket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const login = Buffer.from(LOGIN).toString("base64");
  socket.write(`PUT /live HTTP/1.1\r\nAuthorization: Basic ${login}\r\nContent-Type: audio/ogg\r\nExpect: 100-continue\r\n\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toContain("100 Continue");
  socket.write(opusHeaderPages(1, opusHead(1, 312), opusTags([["TITLE", "Talk"]])));
  const startedMs = performance.now();
  let page = 0;
  const timer = setInterval(() => {
    for (; page * PAGE_FRAMES * 20 <= performance.now() - startedMs; page++) {
      const own = frames.slice(page * PAGE_FRAMES, (page + 1) * PAGE_FRAMES);
      socket.write(oggPage(own, { serial: 1, sequence: 2 + page, granule: (page + 1) * PAGE_FRAMES * 960 }));
    }
  }, 20);
  return {
    // As a process that is killed: its system closes what it held, and no page ends the stream.
    stop: () => {
      clearInterval(timer);
      socket.resetAndDestroy();
    },
  };
}
