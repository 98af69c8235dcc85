import { proxyDurable } from "itty-durable/proxy-durable.js";
import type { Env } from "./calls.ts";
import type { Listing } from "./lobby-object.ts";

/** The one catalogue's name. */
const LOBBY = "lobby";

/** Its methods by fixed names: the library would let a raw request call any of them. */
export type LobbyCalls = {
  list(listing: Listing): Promise<readonly Listing[]>;
  unlist(room: string): Promise<readonly Listing[]>;
  all(): Promise<readonly Listing[]>;
};

/** The catalogue of listed rooms. */
export function lobbyOf(env: Env): LobbyCalls {
  return proxyDurable(env.LOBBY, { name: "LOBBY", parse: true }).get(LOBBY);
}
