import type { Context } from "hono";
import { z } from "zod";
import type { Env } from "../objects/calls.ts";
import { lobbyOf } from "../objects/lobby-client.ts";
import type { RouteSays } from "./openapi.ts";

const LobbyView = z.object({ rooms: z.array(z.object({ room: z.string(), title: z.string(), createdAt: z.iso.datetime() })) });

export const READ_LOBBY: RouteSays = {
  name: "readLobby",
  tag: "rooms",
  summary: "Rooms that asked to be listed, newest first",
  door: "anybody",
  answers: { 200: { says: "The rooms", schema: LobbyView } },
};

/** `GET /api/lobby`: every listed room, newest first. */
export async function readLobby(c: Context<{ Bindings: Env }>): Promise<Response> {
  return c.json({ rooms: await lobbyOf(c.env).all() }, 200, { "Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*" });
}
