import { parseSessionId, type SessionId } from "../../ids.ts";
import { parseObject } from "../../json.ts";

/** Sessions, and addresses, that one room keeps out at most: told to every leaf in one text, which stays below 64 KiB. */
export const MOST_BANS = 1_000;

/** The HMAC of an address, as HEADER.address brings it; never an address. */
const ADDRESS = /^[A-Za-z0-9_-]{22}$/;

/** Whom a room keeps out. */
export type Bans = { readonly sessions: ReadonlySet<SessionId>; readonly addresses: ReadonlySet<string> };

/** Nobody is kept out. */
export const NO_BANS: Bans = { sessions: new Set(), addresses: new Set() };

/** The only door through which text becomes an address's HMAC: 22 characters of base64url. */
export function parseAddress(text: string): string | undefined {
  return ADDRESS.test(text) ? text : undefined;
}

/** The only door for a state of type `bans`; undefined for any other text. What cannot be read in its lists is left out. */
export function parseBans(text: string): Bans | undefined {
  const said = parseObject(text);
  if (said?.["type"] !== "bans" || said["for"] !== "nodes") return undefined;
  return { sessions: setOf(said["sessions"], parseSessionId), addresses: setOf(said["addresses"], parseAddress) };
}

function setOf<One>(said: unknown, parse: (text: string) => One | undefined): ReadonlySet<One> {
  const list: readonly unknown[] = Array.isArray(said) ? said.slice(0, MOST_BANS) : [];
  return new Set(list.map((one) => (typeof one === "string" ? parse(one) : undefined)).filter((one) => one !== undefined));
}
