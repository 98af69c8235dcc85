import type { Context } from "hono";
import { proxyDurable } from "itty-durable/proxy-durable.js";
import type { Env } from "../objects/calls.ts";
import type { Listing } from "../objects/lobby-object.ts";

/** The one catalogue's name. */
const LOBBY = "lobby";

/** Its methods by fixed names: the library would let a raw request call any of them. */
type LobbyCalls = { list(listing: Listing): Promise<readonly Listing[]>; all(): Promise<readonly Listing[]> };

function lobbyOf(env: Env): LobbyCalls {
  return proxyDurable(env.LOBBY, { name: "LOBBY", parse: true }).get(LOBBY);
}

/** Shows a room that asked to be listed. */
export async function listInLobby(env: Env, listing: Listing): Promise<void> {
  await lobbyOf(env).list(listing);
}

/** `GET /api/lobby`: every listed room, newest first. */
export async function readLobby(c: Context<{ Bindings: Env }>): Promise<Response> {
  return c.json({ rooms: await lobbyOf(c.env).all() }, 200, { "Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*" });
}
