import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { descriptorLimit, socketLimit } from "../../../src/cli/server/limits.ts";
import { buildOnce, endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, isAlive, killCommands, TALK } from "../../support/server-commands.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

describe("npm start", () => {
  it("serves pages and rooms, and Ctrl-C ends it and its workerd cleanly", async () => {
    await buildOnce();
    const serving = command("serve", "--port", "0", "--data", await temporaryFolder());
    await serving.prints("Canopy is open at ");
    const url = /open at (\S+)/.exec(serving.output().out)?.[1] ?? "";
    const page = await fetch(`${url}/`);
    expect(page.headers.get("content-type")).toContain("text/html");
    const asset = /"(\/assets\/[^"]+\.css)"/.exec(await page.text())?.[1] ?? "";
    const style = await fetch(`${url}${asset}`);
    expect(style.headers.get("content-type")).toContain("text/css");
    expect((await style.text()).length).toBeGreaterThan(100);
    const workerd = await childOf(serving.child.pid ?? 0);
    expect(isAlive(workerd)).toBe(true);
    serving.child.kill("SIGINT");
    expect((await serving.ended).code).toBe(0);
    expect(isAlive(workerd)).toBe(false);
  });

  it("says so and starts workerd again when it dies", async () => {
    const serving = command("serve", "--port", "0", "--data", await temporaryFolder());
    await serving.prints("Canopy is open at ");
    const first = await childOf(serving.child.pid ?? 0);
    process.kill(first, "SIGKILL");
    await serving.prints("workerd ended unexpectedly");
    await serving.prints("Serving again at");
    serving.child.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("leaves no workerd behind even when it is killed itself", async () => {
    const serving = command("serve", "--port", "0", "--data", await temporaryFolder());
    await serving.prints("Canopy is open at ");
    const workerd = await childOf(serving.child.pid ?? 0);
    serving.child.kill("SIGKILL");
    await serving.ended;
    await until(() => !isAlive(workerd));
  });

  it("names a port that is taken, and how to choose another", async () => {
    const other = createServer();
    const port = await new Promise<number>((done) => {
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        done(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const { code, err } = await command("serve", "--port", String(port), "--data", await temporaryFolder()).ended;
    other.close();
    expect(err).toContain(`Port ${port} is taken`);
    expect(err).toContain("--port");
    expect(code).toBe(1);
  });

  it("does not let two servers write to the same rooms", async () => {
    const server = await serverForTest();
    await expect(serverForTest({ directory: server.directory })).rejects.toThrow("in use by another Canopy server");
    await server.stop();
  });
});

describe("the embedded server", () => {
  it("is killed and started again: the room is still there, its epoch is higher, and both sides go on by themselves", async () => {
    const directory = await temporaryFolder();
    const before = await serverForTest({ directory });
    const { hostTicket } = await createRoom(parseServer(before.url), { title: "Evening", room: "evening" });
    const listening = command("listen", "--url", before.url, "--room", "evening", "--out", join(directory, "heard.opus"), "--json");
    await listening.prints("Listening");
    const speaking = command("broadcast", "--url", before.url, "--room", "evening", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
    await pause(3_000);
    await before.kill();
    await listening.prints("Coming back");
    await speaking.prints("Coming back");
    const after = await serverForTest({ directory, port: before.port });
    const state = await (await fetch(`${after.url}/api/rooms/evening`)).json();
    expect(state).toMatchObject({ room: "evening", title: "Evening" });
    await until(() => speaking.output().out.split("On air").length > 2);
    await pause(6_000);
    listening.child.kill("SIGINT");
    const { code, out, err } = await listening.ended;
    console.log(out);
    expect(code, err).toBe(0);
    const heard = JSON.parse(out);
    expect(heard).toMatchObject({ epochs: 2, holes: 0, repeats: 0 });
    expect(heard.gaps).toBeGreaterThanOrEqual(1);
    expect(heard.frames).toBeGreaterThan(200);
    speaking.child.kill("SIGINT");
    expect((await speaking.ended).code).toBe(0);
    await after.stop();
  });

  it("is started again and has its listener back before its speaker: he is greeted first, and then hears each chunk once", async () => {
    const directory = await temporaryFolder();
    const before = await serverForTest({ directory });
    const { hostTicket } = await createRoom(parseServer(before.url), { title: "Morning", room: "morning" });
    const speak = ["--url", before.url, "--room", "morning", "--ticket", hostTicket, "--file", TALK, "--loop"];
    const listening = command("listen", "--url", before.url, "--room", "morning", "--out", join(directory, "heard.opus"), "--json");
    await listening.prints("Listening");
    const first = command("broadcast", ...speak);
    await first.prints("On air");
    await pause(2_000);
    first.child.kill("SIGKILL");
    await first.ended;
    await before.kill();
    await listening.prints("Coming back");
    await serverForTest({ directory, port: before.port });
    // Longer than he waits before he comes back.
    await pause(2_500);
    const second = command("broadcast", ...speak);
    await second.prints("On air");
    await pause(2_500);
    listening.child.kill("SIGINT");
    const { code, out, err } = await listening.ended;
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ epochs: 2, holes: 0, repeats: 0, gaps: 1 });
  });

  it("tells the worker how many sockets its descriptors allow", () => {
    expect(socketLimit(20_000)).toBe(9_500);
    expect(socketLimit(1_024)).toBe(384);
    expect(descriptorLimit()).toBeGreaterThan(0);
  });
});

/** The workerd that a `serve` process runs: its child of that name. */
async function childOf(pid: number): Promise<number> {
  const { readdir, readFile } = await import("node:fs/promises");
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
    if (name === "workerd" && Number(parent) === pid) return Number(entry);
  }
  throw new Error(`process ${pid} runs no workerd`);
}

function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

/** Waits until `holds`, for at most 20 s. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await pause(100);
  }
  throw new Error("waited 20 s for something that did not happen");
}
