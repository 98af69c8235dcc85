import { addressOf } from "../../core/address.ts";
import { type AudienceId, parseSessionId, type SessionId } from "../../core/ids.ts";
import { base64url } from "../../objects/secret.ts";
import { keepNewest } from "../memory/newest.ts";

/** Keys that one isolate keeps imported; the least recently used give way. */
const MOST_KEYS = 1_000;
/** 128 bits in base64url: so much of a hash is shown, and stored with a socket. */
const SHOWN = 22;

/** Imported keys by their text: importing costs more than signing. */
const keys = new Map<string, CryptoKey>();

/**
 * The public name of a browser in one audience: `l-` and 22 of base64url. Only this hash travels on, so whoever is told it cannot come back
 * as that browser, and one browser's names in two rooms tell nobody that they are one.
 *
 * @param me what the browser drew for itself
 */
export async function sessionOf(audience: AudienceId, me: string): Promise<SessionId | undefined> {
  return parseSessionId(`l-${await digestOf(`${audience}:${me}`)}`);
}

/** 128 bits of SHA-256 in base64url. */
export async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return base64url(new Uint8Array(hash)).slice(0, SHOWN);
}

/**
 * Where a visitor comes from, under the room's own key: enough to know him again, and nothing to find him by once the key is gone.
 *
 * @param addressKey of the room's plan
 * @returns undefined if nobody knows, or the room looks at no addresses
 */
export async function addressMarkOf(addressKey: string | undefined, address: string | undefined): Promise<string | undefined> {
  const cut = address === undefined ? undefined : addressOf(address);
  if (addressKey === undefined || cut === undefined) return undefined;
  const mark = await crypto.subtle.sign("HMAC", await keyOf(addressKey), new TextEncoder().encode(cut));
  return base64url(new Uint8Array(mark)).slice(0, SHOWN);
}

async function keyOf(text: string): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(text);
  const key = keys.get(text) ?? (await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]));
  keepNewest(keys, text, key, MOST_KEYS);
  return key;
}
