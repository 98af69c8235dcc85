import { proxyDurable } from "itty-durable/proxy-durable.js";
import type { RoomId } from "../core/ids.ts";
import type { Env } from "./calls.ts";
import type { Listing } from "./lobby-object.ts";
import { log } from "./log.ts";

/** The one catalogue's name. */
const LOBBY = "lobby";

/** Its methods by fixed names: the library would let a raw request call any of them. */
export type LobbyCalls = {
  list(listing: Listing): Promise<readonly Listing[]>;
  unlist(room: string): Promise<readonly Listing[]>;
  all(): Promise<readonly Listing[]>;
};

/** A room in the catalogue has another title. */
export async function relist(env: Env, listing: Listing): Promise<void> {
  await lobbyOf(env).list(listing);
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
