import type { Context } from "hono";
import { bearerOf } from "./body.ts";

/** True if the caller brings `key` as a bearer token. */
export async function bringsKey(c: Context, key: string): Promise<boolean> {
  return sameText(bearerOf(c) ?? "", key);
}

/** Compares without telling by its duration how much was right: hashes have one length, and their compare takes one time. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}
