import type { Webhook } from "../../calls/room.ts";

/** A webhook that has not answered by then is asked again, in ms. */
const ANSWER_MS = 10_000;

/** Stands before a key that is written as Standard Webhooks writes it: the rest is its bytes as base64. */
const KEY_PREFIX = "whsec_";

/** What came of it: `gone` is a webhook that says it wants to hear of this no more (410). */
export type Delivery = "taken" | "not-taken" | "gone";

/**
 * Tells a webhook something, signed as Standard Webhooks says (https://www.standardwebhooks.com): `webhook-id` is the same each time that this is
 * told, `webhook-timestamp` is now, and `webhook-signature` is `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64.
 *
 * @param network what it is sent through, where that is not the runtime's own `fetch`
 */
export async function deliver({ url, key }: Webhook, id: string, body: string, network?: Fetcher): Promise<Delivery> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  try {
    const signed = key === undefined || key === "" ? {} : { "webhook-signature": await signatureOf(key, `${id}.${timestamp}.${body}`) };
    const request = {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": "Canopy", "webhook-id": id, "webhook-timestamp": timestamp, ...signed },
      body,
      // A webhook that sends us elsewhere is not the one that was named.
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    } as const;
    const answer = await (network === undefined ? fetch(url, request) : network.fetch(url, request));
    await answer.body?.cancel();
    return answer.ok ? "taken" : answer.status === 410 ? "gone" : "not-taken";
  } catch {
    return "not-taken";
  }
}

/** `v1,` and the HMAC-SHA-256 of `text`, in base64. */
async function signatureOf(key: string, text: string): Promise<string> {
  const imported = await crypto.subtle.importKey("raw", bytesOfKey(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mark = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mark)))}`;
}

/** The bytes of a key: of `whsec_…` what the rest says in base64, of anything else (and of what is no base64) its text. */
function bytesOfKey(key: string): Uint8Array {
  try {
    if (key.startsWith(KEY_PREFIX)) return Uint8Array.from(atob(key.slice(KEY_PREFIX.length)), (character) => character.charCodeAt(0));
  } catch {
    // Not base64: text, then.
  }
  return new TextEncoder().encode(key);
}
