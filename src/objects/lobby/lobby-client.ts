import { proxyDurable } from "itty-durable/proxy-durable.js";
import type { RoomId } from "../../core/ids.ts";
import type { Listing } from "../../core/room/lobby.ts";
import type { Env } from "../env.ts";
import { log } from "../log.ts";

/** The one catalogue's name. */
const LOBBY = "lobby";

/** Its methods by fixed names: the library would let a raw request call any of them. */
export type LobbyCalls = {
  list(listing: Listing): Promise<true>;
  unlist(room: string): Promise<true>;
  all(): Promise<readonly Listing[]>;
};

/** A room says what it is now; one that cannot be shown is a room all the same. */
export async function list(env: Env, listing: Listing): Promise<void> {
  await lobbyOf(env)
    .list(listing)
    .catch((fault: unknown) => log("listing-failed", { room: listing.room, why: String(fault) }));
}

/** Takes a room off the catalogue; that it still stands there is not worth more than a line in the log. */
export async function unlist(env: Env, room: RoomId): Promise<void> {
  await lobbyOf(env)
    .unlist(room)
    .catch((fault: unknown) => log("unlisting-failed", { room, why: String(fault) }));
}

/** The catalogue of listed rooms. */
export function lobbyOf(env: Env): LobbyCalls {
  return proxyDurable(env.LOBBY, { name: "LOBBY", parse: true }).get(LOBBY);
}
