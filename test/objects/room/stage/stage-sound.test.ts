import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { BLOCK_FLAG, chunksIn, decodeChunk, type VoiceBlock } from "../../../../src/core/audio/chunk.ts";
import { encodeSpeech } from "../../../../src/core/audio/speech.ts";
import type { StageHears } from "../../../../src/core/wire/messages.ts";
import { parseStageHears } from "../../../../src/core/wire/parse.ts";
import { roomStub } from "../../../../src/objects/locate.ts";
import { RoomStore } from "../../../../src/objects/room/room-store.ts";
import { makeSession, signTicket } from "../../../../src/objects/room/tickets.ts";
import { call, env, upgrade } from "../../../contract/workerd-house.ts";
import { aFrame, roomId } from "../../../support/build.ts";

let made = 0;

/** Somebody on stage who speaks frames that bear his mark. */
type Person = {
  readonly mark: number;
  voice: number;
  /** What he heard of the others, block by block, and when. */
  readonly heard: (VoiceBlock & { readonly at: number })[];
  readonly sequences: number[];
  readonly told: StageHears[];
  /** @param leavesOut every so-manieth frame does not go out */
  speak(leavesOut?: number): void;
  hush(): void;
  say(text: object): void;
};

/** A room with so many on stage, each with a ticket of his own. */
async function aStage(people: number): Promise<{ room: string; persons: Person[] }> {
  const room = `sound-${Date.now().toString(36)}-${++made}`;
  await call("POST", "/api/rooms", { title: "Stage", room });
  const record = await runInDurableObject(roomStub(env, roomId(room)) as DurableObjectStub, (_, state) =>
    new RoomStore(state.storage).load(),
  );
  if (record === undefined) throw new Error("no such room");
  const persons: Person[] = [];
  let host = "";
  for (let mark = 1; mark <= people; mark++) {
    const role = mark === 1 ? "host" : "speaker";
    const session = makeSession(role);
    const ticket = (of: typeof role) => signTicket(record.keys, roomId(room), { session, role: of, name: `Person ${mark}` });
    if (mark === 1) host = await ticket(role);
    else await call("POST", `/api/rooms/${room}/invite`, { session }, { Authorization: `Bearer ${host}` });
    persons.push(await connect(room, await ticket(role), mark));
  }
  return { room, persons };
}

async function connect(room: string, ticket: string, mark: number): Promise<Person> {
  const answer = await upgrade(`/rooms/${room}/stage`, { "Sec-WebSocket-Protocol": `canopy.v1, ticket.${ticket}` });
  const socket = answer.webSocket;
  if (socket === null) throw new Error(`no socket, but ${answer.status}`);
  let [sample, timer]: [number, ReturnType<typeof setInterval> | undefined] = [0, undefined];
  const person: Person = {
    mark,
    voice: 0,
    heard: [],
    sequences: [],
    told: [],
    speak(leavesOut = Number.POSITIVE_INFINITY) {
      let starts = true;
      let frame = 0;
      timer = setInterval(() => {
        if (++frame % leavesOut === 0) sample += 960;
        socket.send(encodeSpeech({ sample, level: 30, starts, ends: false, frames: [aFrame(20, mark)] }));
        starts = false;
        sample += 960;
      }, 20);
    },
    hush: () => clearInterval(timer ?? null),
    say: (text) => socket.send(JSON.stringify(text)),
  };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") {
      const said = parseStageHears(data);
      if (said !== undefined) person.told.push(said);
      if (said?.type === "stage-welcome") person.voice = said.voice;
    } else if (data instanceof ArrayBuffer) take(person.heard, new Uint8Array(data), person.sequences);
  });
  socket.accept();
  await until(() => person.voice > 0);
  return person;
}

/** A listener's ears: every block that he is sent. */
async function listen(room: string): Promise<(VoiceBlock & { readonly at: number })[]> {
  const socket = (await upgrade(`/rooms/${room}/listen`)).webSocket;
  if (socket === null) throw new Error("no socket");
  const heard: (VoiceBlock & { readonly at: number })[] = [];
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) take(heard, new Uint8Array(data), []);
  });
  socket.accept();
  return heard;
}

function take(heard: (VoiceBlock & { readonly at: number })[], message: Uint8Array, sequences: number[]): void {
  for (const { at } of chunksIn(message)) {
    const chunk = decodeChunk(message, at);
    if ("malformed" in chunk) throw new Error(chunk.malformed);
    sequences.push(chunk.sequence);
    for (const block of chunk.blocks) heard.push({ ...block, at: Date.now() });
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error("never came true");
    await pass(10);
  }
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Marks of the frames in these blocks. */
const marksIn = (blocks: readonly VoiceBlock[]) =>
  [...new Set(blocks.flatMap(({ frames }) => frames.map((frame) => frame[1] ?? 0)))].toSorted((a, b) => a - b);

describe("three on stage who speak at once", () => {
  it("hear the two others and never themselves, and a listener hears all three", async () => {
    const { room, persons } = await aStage(3);
    const listener = await listen(room);
    for (const person of persons) person.say({ type: "on-air" });
    for (const person of persons) person.speak();
    await until(() => marksIn(listener).length === 3 && persons.every(({ heard }) => marksIn(heard).length === 2));
    await pass(500);
    for (const person of persons) person.hush();
    for (const { mark, heard, sequences } of persons) {
      expect(marksIn(heard)).toEqual([1, 2, 3].filter((other) => other !== mark));
      const first = sequences[0] ?? 0;
      expect(sequences).toEqual(sequences.map((_, index) => first + index));
    }
    expect(marksIn(listener)).toEqual([1, 2, 3]);
  });

  it("lose one who mutes himself within a chunk, on stage and in the audience", async () => {
    const { room, persons } = await aStage(3);
    const [one, two] = persons;
    const listener = await listen(room);
    for (const person of persons) person.say({ type: "on-air" });
    for (const person of persons) person.speak();
    await until(() => marksIn(listener).length === 3 && marksIn(two?.heard ?? []).length === 2);
    one?.say({ type: "mute", muted: true });
    // One tick of each path, and the way there.
    await pass(400);
    const [onStage, below] = [two?.heard.length, listener.length];
    await pass(500);
    for (const person of persons) person.hush();
    expect(marksIn(two?.heard.slice(onStage) ?? [])).toEqual([3]);
    expect(marksIn(listener.slice(below))).toEqual([2, 3]);
    const last = listener.filter(({ voice }) => voice === one?.voice).at(-1);
    expect(last).toMatchObject({ flags: 2, frames: [] });
  });
});

describe("one on stage who stands by", () => {
  it("is heard by nobody until the other falls silent, then by all, and out again when the other is back", async () => {
    const { room, persons } = await aStage(2);
    const [main, standby] = persons;
    if (main === undefined || standby === undefined) throw new Error("two came");
    const listener = await listen(room);
    standby.say({ type: "standby", on: true });
    for (const person of persons) person.say({ type: "on-air" });
    for (const person of persons) person.speak();
    await until(() => marksIn(listener).includes(1) && marksIn(standby.heard).includes(1));
    await pass(500);
    expect(marksIn(listener)).toEqual([1]);
    expect(marksIn(main.heard)).toEqual([]);

    main.hush();
    const lastAt = listener.at(-1)?.at ?? 0;
    await until(() => marksIn(listener).includes(2) && marksIn(main.heard).includes(2));
    const firstAt = listener.find(({ frames }) => frames.some((frame) => frame[1] === 2))?.at ?? 0;
    // The machine may be late; it is never early.
    expect(firstAt - lastAt).toBeGreaterThan(1_200);
    const isIn = () => main.told.findLast((said) => said.type === "stage")?.speakers.some(({ steppedIn }) => steppedIn === true);
    await until(() => isIn() === true);

    main.speak();
    await until(() => isIn() === false);
    const below = listener.length;
    await pass(300);
    for (const person of persons) person.hush();
    expect(marksIn(listener.slice(below))).toEqual([1]);
    expect(listener.filter(({ voice }) => voice === standby.voice).at(-1)).toMatchObject({ flags: 2, frames: [] });
  });
});

describe("a host who is there before he goes on air", () => {
  it("is heard from his first syllable: his room has its epoch by then", async () => {
    const { room, persons } = await aStage(1);
    const [host] = persons;
    const listener = await listen(room);
    await until(() => host?.told.some((said) => said.type === "room" && said.epoch === 1) === true);
    expect(listener).toEqual([]);
    host?.say({ type: "on-air" });
    host?.speak();
    await until(() => listener.length > 0);
    host?.hush();
    expect(listener[0]).toMatchObject({ flags: BLOCK_FLAG.starts, offsetSamples: expect.any(Number) });
  });
});

describe("a stage on which nobody speaks", () => {
  it("is sent nothing", async () => {
    const { persons } = await aStage(2);
    for (const person of persons) person.say({ type: "on-air" });
    await pass(500);
    expect(persons.map(({ sequences }) => sequences)).toEqual([[], []]);
  });
});

describe("how a speaker's line does", () => {
  it("is told to the stage when his page has measured it, with what was lost", async () => {
    const { persons } = await aStage(2);
    const [one, two] = persons;
    one?.say({ type: "on-air" });
    one?.speak(10);
    await pass(1_500);
    one?.say({ type: "ping", id: 1, rttMs: 42 });
    await until(() => two?.told.some(({ type }) => type === "quality") === true);
    one?.hush();
    const said = two?.told.find(({ type }) => type === "quality");
    const lines = said?.type === "quality" ? said.lines : [];
    expect(lines[0]?.roundTripMs).toBe(42);
    expect(lines[0]?.lossPercent).toBeGreaterThan(5);
    expect(lines[0]?.lossPercent).toBeLessThan(15);
    expect(lines[1]).toMatchObject({ lossPercent: 0 });
  });
});

describe("a sound check", () => {
  it("is heard by the stage, in a room that is not live, and not by the audience", async () => {
    const { room, persons } = await aStage(2);
    const [one, two] = persons;
    const listener = await listen(room);
    one?.say({ type: "check" });
    one?.speak();
    await until(() => marksIn(two?.heard ?? []).length === 1);
    await pass(300);
    expect(listener).toEqual([]);
    one?.say({ type: "on-air" });
    await until(() => marksIn(listener).length === 1);
    one?.hush();
  });
});
