import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import { parseObject } from "../../src/core/json.ts";
import { quantile } from "../support/chirps.ts";
import { endServers, serverForTest } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

/** So many hear of it, on one server and from one process: its own reading is in the figure. */
const LISTENERS = LONG ? 1_000 : 100;
type Said = { readonly [field: string]: unknown };

/** What is done, and how a listener sees that it is in force. */
const DEEDS: readonly (readonly [verb: string, fields: object, type: string, seen: (state: Said) => boolean])[] = [
  ["rename", { title: "Another title" }, "room", ({ title }) => title === "Another title"],
  ["mute", { muted: true }, "stage", (state) => JSON.stringify(state).includes('"state":"muted"')],
  ["mute", { muted: false }, "stage", (state) => JSON.stringify(state).includes('"state":"on-air"')],
  ["lock-stage", { locked: true }, "room", ({ stageLocked }) => stageLocked === true],
  ["lock-stage", { locked: false }, "room", ({ stageLocked }) => stageLocked === false],
  ["lock-room", { locked: true }, "room", ({ locked }) => locked === true],
  ["lock-room", { locked: false }, "room", ({ locked }) => locked === false],
  ["call-me", { name: "Somebody else" }, "stage", (state) => JSON.stringify(state).includes("Somebody else")],
  ["end", {}, "room", ({ phase }) => phase === "ended"],
];

/** A raw listener; `waitFor` tells when he has heard what is waited for. */
class Ear {
  readonly #socket: WebSocket;
  #heard: (said: Said) => void = () => undefined;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on("message", (data, isBinary) => {
      const said = isBinary ? undefined : parseObject(String(data));
      if (said !== undefined) this.#heard(said);
    });
  }

  opened(): Promise<this> {
    return new Promise((open, fail) => {
      this.#socket.on("open", () => open(this));
      this.#socket.on("error", fail);
    });
  }

  waitFor(type: string, seen: (said: Said) => boolean): Promise<void> {
    return new Promise((known) => {
      this.#heard = (said) => {
        if (said["type"] === type && seen(said)) known();
      };
    });
  }

  close(): void {
    this.#socket.close();
  }
}

it(`what the host does is in force for ${LISTENERS} listeners in well under a second`, async () => {
  const { url } = await serverForTest();
  const { hostTicket } = await createRoom(parseServer(url), { title: "Evening", room: "evening" });
  const host = command("broadcast", "--url", url, "--room", "evening", "--ticket", hostTicket, "--file", TALK, "--loop");
  await host.prints("On air");
  const ears: Ear[] = [];
  while (ears.length < LISTENERS) {
    const twenty = Array.from({ length: 20 }, () => new Ear(`${url.replace("http", "ws")}/rooms/evening/listen`).opened());
    ears.push(...(await Promise.all(twenty)));
  }
  for (const [verb, fields, type, seen] of DEEDS) {
    const clicked = performance.now();
    const all = Promise.all(ears.map((ear) => ear.waitFor(type, seen).then(() => performance.now() - clicked)));
    const answer = await fetch(`${url}/api/rooms/evening/${verb}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${hostTicket}` },
      body: JSON.stringify(fields),
    });
    expect(answer.status, `${verb}: ${await answer.text()}`).toBe(204);
    const tookMs = await all;
    const [p50, p99] = [quantile(tookMs, 0.5), quantile(tookMs, 0.99)].map(Math.round);
    console.log(`${verb} ${JSON.stringify(fields)}: in force for ${tookMs.length} listeners p50 ${p50} ms, p99 ${p99} ms`);
    expect(p99).toBeLessThan(5_000);
  }
  for (const ear of ears) ear.close();
}, 120_000);
