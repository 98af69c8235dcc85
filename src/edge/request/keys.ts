import type { Context } from "hono";
import type { Env } from "../../objects/env.ts";
import { bearerOf } from "./body.ts";
import type { ProblemCode } from "./problem.ts";

/** True if the caller brings `key` as a bearer token. */
export async function bringsKey(c: Context, key: string): Promise<boolean> {
  return sameText(bearerOf(c) ?? "", key);
}

/** Why the caller is not the operator; undefined if he is. A deployment without an ADMIN_KEY has no such addresses. */
export async function noOperator(c: Context<{ Bindings: Env }>): Promise<ProblemCode | undefined> {
  const key = c.env.ADMIN_KEY;
  if (key === undefined || key === "") return "not-found";
  return (await bringsKey(c, key)) ? undefined : "admin-key-wrong";
}

/** Compares without telling by its duration how much was right: hashes have one length, and their compare takes one time. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}
