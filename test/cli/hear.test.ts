import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { endServers, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { decodeOpusFile, likeness } from "../support/sound.ts";
import { LONG } from "../support/tier.ts";

/** How long to listen, in s; the long tier listens for a minute, so the talk is spoken in a loop. */
const SECONDS = Number(process.env["CANOPY_SECONDS"] ?? (LONG ? 60 : 12));

describe("npm run broadcast, npm run listen", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest();
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  it(`what is heard in ${SECONDS} s is what was spoken, without a hole`, async () => {
    const out = join(await temporaryFolder(), "heard.opus");
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Talk", room: "talk" });
    const listening = command("listen", "--url", server.url, "--room", "talk", "--out", out, "--seconds", String(SECONDS), "--json");
    await listening.prints("Listening");
    const speaking = command("broadcast", "--url", server.url, "--room", "talk", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
    const { code, out: json, err } = await listening.ended;
    expect(code, err).toBe(0);
    const report = JSON.parse(json);
    console.log(`lag from due in ms: ${JSON.stringify(report.lagMs)}`);
    expect(report).toMatchObject({ holes: 0, repeats: 0, gaps: 0, epochs: 1, returns: 0, files: [out] });

    speaking.child.kill("SIGINT");
    expect((await speaking.ended).code).toBe(0);

    const talk = await decodeOpusFile(TALK);
    const heard = await decodeOpusFile(out);
    // Less what passed before somebody was on air.
    expect(heard.length).toBeGreaterThan((SECONDS - 5) * 48_000);
    for (const round of rounds(heard, talk.length)) {
      const found = likeness(round, talk);
      console.log(
        `likeness ${found.overall.toFixed(4)} over all, ${Math.min(...found.windows).toFixed(4)} in the worst half second of ${found.windows.length}`,
      );
      expect(found.overall).toBeGreaterThanOrEqual(0.95);
      expect(Math.min(...found.windows)).toBeGreaterThanOrEqual(0.95);
    }
  });

  it("a file that ends puts the speaker off air, and the command ends well", async () => {
    const speaking = command("broadcast", "--url", server.url, "--create", "--room", "short", "--file", await shortTalk());
    const { code, out, err } = await speaking.ended;
    expect(code, err).toBe(0);
    expect(out).toContain("/rooms/short/broadcast#ticket=");
    expect(out).toContain("off air");
    const state = await (await fetch(`${server.url}/api/rooms/short`)).json();
    expect(state).toMatchObject({ room: "short" });
  });

  it("a second speaker with the same ticket silences the first, who is told why and does not come back", async () => {
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Twice", room: "twice" });
    const flags = ["--url", server.url, "--room", "twice", "--ticket", hostTicket, "--file", TALK, "--loop"];
    const older = command("broadcast", ...flags);
    await older.prints("On air");
    const newer = command("broadcast", ...flags);
    await newer.prints("On air");
    const { code, err } = await older.ended;
    expect(err).toContain("4501");
    expect(code).toBe(1);
    newer.child.kill("SIGINT");
    expect((await newer.ended).code).toBe(0);
  });

  it.each([
    ["a room that is not there", ["listen", "--room", "nowhere", "--seconds", "1"], "room-unknown"],
    ["a room's name that cannot be", ["listen", "--room", "No Room"], "--room must be"],
    ["a wrong ticket", ["broadcast", "--room", "talk", "--ticket", "nonsense", "--file", TALK], "ticket-invalid"],
    ["a file that is not there", ["broadcast", "--room", "talk", "--ticket", "x", "--file", "nothing.opus"], "no file nothing.opus"],
    ["a file that is no sound", ["broadcast", "--room", "talk", "--ticket", "x", "--file", "package.json"], "ffmpeg -i"],
    ["a taken room", ["broadcast", "--room", "talk", "--create", "--file", TALK], "room-taken"],
    ["a crowd on no room", ["crowd", "--room", "nowhere"], "room-unknown"],
  ])("%s gets a clear answer and exit code 1", async (_what, [name = "", ...flags], answer) => {
    const { code, err } = await command(name, "--url", server.url, ...flags).ended;
    expect(err).toContain(answer);
    expect(err).not.toContain("    at ");
    expect(code).toBe(1);
  });

  it("a server that is not there is named", async () => {
    const { code, err } = await command("listen", "--url", "http://127.0.0.1:9", "--room", "talk").ended;
    expect(err).toContain("npm start");
    expect(code).toBe(1);
  });
});

/** A second of the talk as a file of its own. */
async function shortTalk(): Promise<string> {
  const { OpusWriter, readOpusFile } = await import("../../src/cli/sound/ogg.ts");
  const path = join(await temporaryFolder(), "short.opus");
  const writer = new OpusWriter(path, 1, 312);
  for (const frame of (await readOpusFile(TALK)).frames.slice(0, 50)) writer.add(frame);
  await writer.finish();
  return path;
}

/** The sound cut where the talk began again, so that each part can be found in the talk. */
function rounds(heard: Float32Array, length: number): Float32Array[] {
  const parts: Float32Array[] = [];
  for (let at = 0; at < heard.length; at += length) parts.push(heard.subarray(at, at + length));
  // A rest of less than two seconds may be silence.
  return parts.filter((part) => part.length > 96_000);
}
