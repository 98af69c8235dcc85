import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import { chunksIn, decodeChunk } from "../../src/core/audio/chunk.ts";
import { FRAME_SAMPLES } from "../../src/core/audio/format.ts";
import { encodeSpeech } from "../../src/core/audio/speech.ts";
import { parseListenerHears, parseStageHears } from "../../src/core/wire/parse.ts";
import { aFrame } from "../support/build.ts";
import { quantile } from "../support/chirps.ts";
import { endServers, serverForTest } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

afterEach(endServers);

const LISTENERS = LONG ? 1_000 : 25;
/** From the making of the room to its doors, in ms: long enough for all to come, and in the long tier for leaves to sleep, which takes 10 s. */
const OPENS_IN_MS = LONG ? 75_000 : 5_000;
/** Leaves that nothing came to for so long, in ms, sleep: the runtime waits for 10 s. */
const ASLEEP_MS = 12_000;
const KEY = "the operator's";

/** Who comes early: he connects once, says nothing, and keeps what he is told of the doors and when. */
class Early {
  /** Each time that he was told, as it changed; undefined: the doors are open. */
  readonly told: { readonly opensAt: number | undefined; readonly at: number }[] = [];
  firstWord: { readonly epoch: number; readonly sequence: number; readonly at: number } | undefined;
  closed = 0;
  readonly #socket: WebSocket;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.on("close", () => this.closed++);
    this.#socket.on("message", (data, isBinary) => (isBinary ? this.#hears(data) : this.#reads(String(data))));
  }

  welcomed(): Promise<this> {
    return new Promise((open, fail) => {
      this.#socket.once("message", () => open(this));
      this.#socket.on("error", fail);
    });
  }

  leave(): void {
    this.#socket.close();
  }

  #reads(text: string): void {
    const said = parseListenerHears(text);
    const states = said?.type === "welcome" ? said.states : said?.type === "room" ? [said] : [];
    for (const state of states) {
      if (state.type !== "room" || (this.told.length > 0 && this.told.at(-1)?.opensAt === state.opensAt)) continue;
      this.told.push({ opensAt: state.opensAt, at: Date.now() });
    }
  }

  #hears(data: unknown): void {
    if (this.firstWord !== undefined || !(data instanceof ArrayBuffer)) return;
    const message = new Uint8Array(data);
    for (const { at } of chunksIn(message)) {
      const chunk = decodeChunk(message, at);
      if ("malformed" in chunk || chunk.blocks.every(({ frames }) => frames.length === 0)) continue;
      this.firstWord = { epoch: chunk.epoch, sequence: chunk.sequence, at: Date.now() };
      return;
    }
  }
}

it(`a scheduled room opens once at its second, and its first word is heard by ${LISTENERS} who came before`, async () => {
  const { url } = await serverForTest({ vars: { OPEN_CREATE: "1", ADMIN_KEY: KEY, LISTENERS_PER_LEAF: "250", INITIAL_LEAVES: "4" } });
  const opensAt = Math.ceil((Date.now() + OPENS_IN_MS) / 1_000) * 1_000;
  const schedule = { opensAt: new Date(opensAt).toISOString(), timeZone: "Europe/Berlin" };
  const { hostTicket, urls } = await createRoom(parseServer(url), { title: "Evening", room: "evening", schedule });
  const early: Early[] = [];
  while (early.length < LISTENERS) {
    const some = Math.min(25, LISTENERS - early.length);
    early.push(...(await Promise.all(Array.from({ length: some }, () => new Early(urls.listen).welcomed()))));
  }
  const sleptMs = LONG ? await whileNothingComesToLeaves(url, opensAt - 3_000) : undefined;
  if (sleptMs !== undefined) expect(sleptMs).toBeGreaterThan(ASLEEP_MS);
  const host = await aHost(urls.stage, hostTicket);
  expect(Date.now(), "all came in time").toBeLessThan(opensAt);
  host.goOnAir();
  await eventually(() => early.every(({ firstWord }) => firstWord !== undefined));
  host.leave();
  for (const one of early) {
    expect(one.told.map((told) => told.opensAt)).toEqual([opensAt, undefined]);
    expect(one.firstWord).toMatchObject({ epoch: 1 });
    expect(one.closed).toBe(0);
  }
  // The clocks of this machine are one: nobody heard of open doors before their second.
  const heard = early.map(({ told }) => (told.at(-1)?.at ?? 0) - opensAt);
  expect(Math.min(...heard)).toBeGreaterThanOrEqual(0);
  expect(quantile(heard, 0.99)).toBeLessThan(5_000);
  const firstChunks = new Set(early.map(({ firstWord }) => firstWord?.sequence));
  expect(firstChunks.size, "all heard the same first word").toBe(1);
  const words = early.map(({ firstWord }) => (firstWord?.at ?? 0) - host.firstSaidAt());
  const [p50, p99] = [quantile(heard, 0.5), quantile(heard, 0.99)].map(Math.round);
  const [word50, word99] = [quantile(words, 0.5), quantile(words, 0.99)].map(Math.round);
  console.log(
    `${early.length} early listeners${sleptMs === undefined ? "" : `, on leaves to which nothing came for ${Math.round(sleptMs / 1_000)} s`}: told that the doors are open ` +
      `p50 ${p50} ms, p99 ${p99} ms after their second; the first word p50 ${word50} ms, p99 ${word99} ms after it was said`,
  );
  for (const one of early) one.leave();
}, 180_000);

/** A host who waits on stage, goes on air once the doors are open, and speaks. */
async function aHost(url: string, ticket: string): Promise<{ goOnAir: () => void; firstSaidAt: () => number; leave: () => void }> {
  const socket = new WebSocket(url, ["canopy.v1", `ticket.${ticket}`]);
  let [wants, firstSaidAt, sample] = [false, 0, 0];
  let speaking: NodeJS.Timeout | undefined;
  const speak = (): void => {
    if (firstSaidAt === 0) firstSaidAt = Date.now();
    socket.send(encodeSpeech({ sample, level: 30, starts: sample === 0, ends: false, frames: [aFrame()] }));
    sample += FRAME_SAMPLES;
  };
  const open = (isOpen: boolean): void => {
    if (!isOpen || !wants || speaking !== undefined) return;
    socket.send(JSON.stringify({ type: "on-air" }));
    speaking = setInterval(speak, 20);
  };
  let isOpen = false;
  const welcomed = Promise.withResolvers<void>();
  socket.on("error", welcomed.reject);
  socket.on("message", (data, isBinary) => {
    const said = isBinary ? undefined : parseStageHears(String(data));
    if (said?.type === "stage-welcome") welcomed.resolve();
    if (said?.type === "room") {
      isOpen = said.opensAt === undefined;
      open(isOpen);
    }
  });
  await welcomed.promise;
  return {
    goOnAir: () => {
      wants = true;
      open(isOpen);
    },
    firstSaidAt: () => firstSaidAt,
    leave: () => {
      clearInterval(speaking);
      socket.close();
    },
  };
}

/** For how long, in ms, nothing came to any leaf, when `until` comes. */
async function whileNothingComesToLeaves(url: string, until: number): Promise<number> {
  let [counted, since] = [await toLeaves(url), Date.now()];
  while (Date.now() < until) {
    await new Promise((next) => setTimeout(next, 500));
    const now = await toLeaves(url);
    if (now !== counted) [counted, since] = [now, Date.now()];
  }
  return Date.now() - since;
}

/** Requests and messages that came to leaves so far. */
async function toLeaves(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${KEY}` } });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split("\n").filter((line) => /^canopy_object_(?:requests|messages)_total\{[^}]*"Leaf"/.test(line));
  expect(lines).toHaveLength(2);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function eventually(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + OPENS_IN_MS + 30_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error("not all heard the first word");
    await new Promise((next) => setTimeout(next, 50));
  }
}
