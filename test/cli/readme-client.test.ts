import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import { ROOT } from "../../src/cli/build.ts";
import { endServers, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands, script, TALK } from "../support/server-commands.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

it("the client in README.md hears a room as it stands there, in some 30 lines", async () => {
  const source = blockIn(await readFile(join(ROOT, "README.md"), "utf8"), "client");
  expect(source.split("\n").length).toBeLessThanOrEqual(36);
  const file = join(await temporaryFolder(), "listen.mjs");
  await writeFile(file, source);

  const server = await serverForTest();
  const { hostTicket, urls } = await createRoom(parseServer(server.url), { title: "Client", room: "client" });
  const speaking = command("broadcast", "--url", server.url, "--room", "client", "--ticket", hostTicket, "--file", TALK, "--loop");
  await speaking.prints("On air");
  const { code, out, err } = await script(file, urls.listen, "4").ended;
  speaking.child.kill("SIGKILL");
  await speaking.ended;
  await server.stop();

  expect(code, err).toBe(0);
  expect(out).toContain('"welcome"');
  const [, chunks, frames, holes] = /chunks (\d+), frames (\d+), holes (\d+)/.exec(out) ?? [];
  expect(Number(chunks), out).toBeGreaterThan(25);
  expect(Number(frames), out).toBeGreaterThan(100);
  expect(Number(holes), out).toBe(0);
});

it("every curl line in README.md does what it says, one after the other", async () => {
  const lines = blockIn(await readFile(join(ROOT, "README.md"), "utf8"), "curl");
  const server = await serverForTest({ vars: { ADMIN_KEY: "open sesame" } });
  // A shell that stops at the first no, and says which.
  const shell = [
    "set -eu",
    'curl() { command curl --silent --show-error --fail-with-body "$@" || { echo "no: $*" >&2; exit 1; }; }',
    lines.replace("http://127.0.0.1:8787", server.url),
  ].join("\n");
  const { stdout, stderr } = await promisify(execFile)("bash", ["-c", shell]).catch((fault: { stdout: string; stderr: string }) => fault);
  await server.stop();

  expect(stderr).toBe("");
  expect(stdout).toContain('"title":"Night walk, by the river"');
  expect(stdout).toContain("BEGIN:VEVENT");
  expect(stdout).toContain("canopy_rooms_live");
  expect(stdout).toContain('"openapi":"3.1.0"');
});

/** The first fenced block after `<!-- name -->`. */
function blockIn(readme: string, name: string): string {
  const block = new RegExp(`<!-- ${name} -->\\s*\`\`\`\\w*\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (block === undefined) throw new Error(`README.md has no fenced block after <!-- ${name} -->`);
  return block;
}
