import type { Context } from "hono";
import type { Env } from "../objects/calls.ts";
import { lobbyOf } from "../objects/lobby-client.ts";

/** `GET /api/lobby`: every listed room, newest first. */
export async function readLobby(c: Context<{ Bindings: Env }>): Promise<Response> {
  return c.json({ rooms: await lobbyOf(c.env).all() }, 200, { "Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*" });
}
