import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env as bindings, exports } from "cloudflare:workers";
import { chunksIn, decodeChunk } from "../../src/core/audio/chunk.ts";
import { FRAME_SAMPLES } from "../../src/core/audio/format.ts";
import { formatPosition, type Position } from "../../src/core/audio/position.ts";
import { encodeSpeech } from "../../src/core/audio/speech.ts";
import { audienceOf } from "../../src/core/ids.ts";
import type { Progress } from "../../src/core/tree/shape/plant.ts";
import type { ListenerHears, StageHears } from "../../src/core/wire/messages.ts";
import { parseListenerHears, parseStageHears } from "../../src/core/wire/parse.ts";
import { app } from "../../src/edge/app.ts";
import type { Env } from "../../src/objects/env.ts";
import { audienceStub } from "../../src/objects/locate.ts";
import type { Room } from "../../src/objects/room/room-object.ts";
import { aFrame, roomId } from "../support/build.ts";
import type { Ear, House, OpenRoom, Shape, Speaker } from "./house.ts";

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
    interface GlobalProps {
      mainModule: typeof import("../../src/worker.ts");
    }
  }
}
type Bindings = Env;

export const env: Env = bindings;

/** How long anything may take here, in ms: real time on a busy machine. */
const PATIENCE_MS = 15_000;

let rooms = 0;

/** The house on the real runtime: real objects, real sockets between them. */
export const workerdHouse: House = {
  async open(chunkMs = 100, shape) {
    const room = `contract-${Date.now().toString(36)}-${++rooms}`;
    const body = { title: "Contract", room, chunkMs };
    const ask = shape === undefined ? call : shapedCall(shape);
    const created = await ask("POST", "/api/rooms", body);
    return openRoom(room, String((await created.json<{ hostTicket: string }>()).hostTicket), ask);
  },
  async eventually(what, isTrue) {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
      await pass(10);
    }
  },
  pass,
};

/** A request to the worker, as anybody could send it. */
export function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`http://canopy.test${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A request to the worker as another deployment's settings would have it. */
function shapedCall({ leaves, leafListeners, maxListeners = 1_000_000 }: Shape): typeof call {
  const settings = { INITIAL_LEAVES: String(leaves), LISTENERS_PER_LEAF: String(leafListeners), MAX_LISTENERS: String(maxListeners) };
  return async (method, path, body, headers = {}) =>
    app.request(`http://canopy.test${path}`, { method, headers, body: JSON.stringify(body) }, { ...env, ...settings });
}

/** An upgrade request to the worker. @param cf what Cloudflare tells of the visitor's place */
export function upgrade(path: string, headers: Record<string, string> = {}, cf: RequestInit["cf"] = {}): Promise<Response> {
  return exports.default.fetch(`http://canopy.test${path}`, { headers: { Upgrade: "websocket", ...headers }, cf });
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function openRoom(room: string, ticket: string, ask: typeof call): OpenRoom {
  const stub = env.ROOM.get(env.ROOM.idFromName(roomId(room)));
  const audience = audienceStub(env, audienceOf(roomId(room)));
  let asked = 0;
  const bearer = { Authorization: `Bearer ${ticket}` };
  return {
    host: () => connectSpeaker(room, ticket),
    listener: (from) => connectEar(room, from),
    async killRoom() {
      await runInDurableObject(stub, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    },
    killRelays: () => killAll(env.RELAY),
    killLeaves: () => killAll(env.LEAF),
    async audienceLooks() {
      const requests: unknown = await runInDurableObject(audience, (object) => Reflect.get(object, "requests"));
      return (requests as { look: number }).look - asked;
    },
    async plan() {
      asked++;
      const known = await audience.look();
      if (known === undefined) throw new Error("no audience");
      return known.plan;
    },
    expect: (listeners) => progressOf(ask("POST", `/api/rooms/${room}/expect`, { listeners }, bearer)),
    progress: () => progressOf(call("GET", `/api/rooms/${room}/expect`, undefined, bearer)),
    roomRequests: () =>
      runInDurableObject<Room, number>(stub as DurableObjectStub, ({ requests }) => requests.create + requests.attach + requests.stage),
  };
}

async function progressOf(answer: Promise<Response>): Promise<Progress> {
  const told = await answer;
  if (told.status !== 200) throw new Error(`no progress, but ${told.status}`);
  return told.json();
}

async function killAll(namespace: DurableObjectNamespace<undefined> | Env["RELAY"]): Promise<void> {
  for (const id of await listDurableObjectIds(namespace)) {
    await runInDurableObject(namespace.get(id), (_, state) => state.abort("killed by a test")).catch(() => undefined);
  }
}

/** A speaker's connection to any room. */
export async function connectSpeaker(room: string, ticket: string): Promise<Speaker> {
  const answer = await upgrade(`/rooms/${room}/stage`, { "Sec-WebSocket-Protocol": `canopy.v1, ticket.${ticket}` });
  const socket = accepted(answer);
  const heard: StageHears[] = [];
  let closed: number | undefined;
  let speaking: ReturnType<typeof setInterval> | undefined;
  let sample = 0;
  let spurt = true;
  socket.addEventListener("message", ({ data }) => {
    const said = typeof data === "string" ? parseStageHears(data) : undefined;
    if (said !== undefined) heard.push(said);
  });
  const hush = () => {
    clearInterval(speaking ?? null);
    speaking = undefined;
    spurt = true;
  };
  socket.addEventListener("close", ({ code }) => {
    closed = code;
    hush();
    socket.close();
  });
  return {
    heard,
    get closed() {
      return closed;
    },
    say: (text) => socket.send(JSON.stringify(text)),
    speak() {
      speaking ??= setInterval(() => {
        socket.send(encodeSpeech({ sample, level: 30, starts: spurt, ends: false, frames: [aFrame()] }));
        spurt = false;
        sample += FRAME_SAMPLES;
      }, 20);
    },
    hush,
    leave() {
      hush();
      socket.close(1000, "leaving");
    },
  };
}

/** A listener's connection to any room; `from` is the last chunk that he heard, `me` what his browser has drawn for this room, `address` where he comes from. */
export async function connectEar(room: string, from?: Position, me?: string, address?: string): Promise<Ear & { say(text: object): void }> {
  const query = from === undefined ? "" : `?from=${formatPosition(from)}`;
  const protocols = me === undefined ? {} : { "Sec-WebSocket-Protocol": `canopy.v1, me.${me}` };
  const place = address === undefined ? {} : { "CF-Connecting-IP": address };
  const socket = accepted(await upgrade(`/rooms/${room}/listen${query}`, { ...protocols, ...place }));
  const texts: ListenerHears[] = [];
  const chunks: Position[] = [];
  let [frames, order] = [0, ""];
  let closed: number | undefined;
  socket.addEventListener("message", ({ data }) => {
    order += typeof data === "string" ? "t" : "b";
    if (typeof data === "string") {
      const said = parseListenerHears(data);
      if (said !== undefined) texts.push(said);
      return;
    }
    if (!(data instanceof ArrayBuffer)) return;
    const message = new Uint8Array(data);
    for (const { at } of chunksIn(message)) {
      const chunk = decodeChunk(message, at);
      if ("malformed" in chunk) throw new Error(chunk.malformed);
      chunks.push({ epoch: chunk.epoch, sequence: chunk.sequence });
      for (const block of chunk.blocks) frames += block.frames.length;
    }
  });
  socket.addEventListener("close", ({ code }) => {
    closed = code;
    socket.close();
  });
  return {
    texts,
    chunks,
    say: (text) => socket.send(JSON.stringify(text)),
    get frames() {
      return frames;
    },
    get order() {
      return order;
    },
    get closed() {
      return closed;
    },
    leave: () => socket.close(1000, "leaving"),
  };
}

function accepted(answer: Response): WebSocket {
  if (answer.webSocket === null) throw new Error(`no socket, but ${answer.status}`);
  answer.webSocket.binaryType = "arraybuffer";
  answer.webSocket.accept();
  return answer.webSocket;
}
