import type { Context } from "hono";
import { z } from "zod";
import type { Listing } from "../../core/room/lobby.ts";
import type { Env } from "../../objects/env.ts";
import { lobbyOf } from "../../objects/lobby/lobby-client.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { ANY_ORIGIN } from "../request/any-origin.ts";
import type { RouteSays } from "../request/openapi.ts";
import { settingsOf } from "../request/settings.ts";

const LobbyView = z.object({
  rooms: z.array(
    z
      .object({
        room: z.string(),
        title: z.string(),
        createdAt: z.iso.datetime(),
        live: z.boolean(),
        listeners: z.int().describe("At most a minute old"),
        opensAt: z.iso.datetime().exactOptional().describe("When its doors open; missing once they are open"),
        timeZone: z.string().exactOptional().describe("The zone in which that was announced"),
      })
      .meta({ ref: "Listing" }) satisfies z.ZodType<Shown>,
  ),
});

/** A room in the lobby, for anybody. */
export type Shown = Omit<Listing, "at">;

/** Whoever looks at the lobby sees it as it was at most so long ago, in ms: page views do not all reach the one object. */
const FRESH_MS = 1_000;
let memory: { readonly shown: readonly Shown[]; readonly at: number } | undefined;
const questions = new SharedQuestions<"lobby", readonly Listing[]>();

export const READ_LOBBY: RouteSays = {
  name: "readLobby",
  tag: "rooms",
  summary: "Rooms that asked to be listed",
  about:
    "At most a hundred: those that are live, by listeners; those whose doors open later, by time; and those that were made, or fell quiet, in the " +
    "last hour. Private rooms are never among them.",
  door: "anybody",
  answers: { 200: { says: "The rooms", schema: LobbyView } },
};

/** `GET /api/lobby`: live and upcoming rooms. */
export async function readLobby(c: Context<{ Bindings: Env }>): Promise<Response> {
  const headers = { "Cache-Control": "public, max-age=5", ...ANY_ORIGIN };
  return c.json({ rooms: await lobbyNow(c.env) }, 200, headers);
}

/** What the lobby shows, in its order. */
export async function lobbyNow(env: Env): Promise<readonly Shown[]> {
  const freshMs = Math.min(FRESH_MS, settingsOf(env).summaryMs);
  if (memory !== undefined && Date.now() - memory.at < freshMs) return memory.shown;
  const listings = await questions.ask("lobby", () => lobbyOf(env).all());
  memory = { shown: listings.map(({ at: _, ...shown }) => shown), at: Date.now() };
  return memory.shown;
}
