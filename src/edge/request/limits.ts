import type { Context, MiddlewareHandler } from "hono";
import { addressOf, isLoopback } from "../../core/address.ts";
import { RateLimit } from "../../core/rate-limit.ts";
import type { Env } from "../../objects/env.ts";
import { refuse } from "./any-origin.ts";
import { digestOf } from "./identity.ts";
import { addressTextOf } from "./visitor.ts";

/** What is counted per address. */
export type Counted = "CREATES" | "JOINS" | "ASKS" | "REPORTS";

/**
 * How often one address may do each, where no counter of Cloudflare's is bound: on one's own server, which is one isolate. The same numbers
 * stand in wrangler.toml. They are generous: behind one address of a mobile network, or a school, there may be thousands of people.
 */
const OWN: Readonly<Record<Counted, RateLimit>> = {
  CREATES: new RateLimit(60, 60_000),
  JOINS: new RateLimit(3_000, 10_000),
  ASKS: new RateLimit(600, 60_000),
  REPORTS: new RateLimit(20, 60_000),
};

/** A route that one address may not call too often; then 429, which says when to come back. */
export function limited(what: Exclude<Counted, "JOINS">): MiddlewareHandler<{ Bindings: Env }> {
  return async (c, next) => {
    if (await mayStill(c, what)) return next();
    return refuse(c, "too-many-requests");
  };
}

/**
 * Counts one more for who asks; false if that is too much. Who comes from this very machine, or from nobody knows where, is not counted, and
 * a counter that fails refuses nobody.
 *
 * @param mark what stands for the address, if it is at hand; else a hash is made for counting alone. Neither is stored
 */
export async function mayStill(c: Context<{ Bindings: Env }>, what: Counted, mark?: string): Promise<boolean> {
  const address = addressOf(addressTextOf(c.req.raw, c.env) ?? "");
  if (address === undefined || isLoopback(address)) return true;
  const key = mark ?? (await digestOf(`${what}:${address}`));
  const counter = c.env[what];
  if (counter === undefined) return OWN[what].take(key, Date.now());
  const { success } = await counter.limit({ key }).catch(() => ({ success: true }));
  return success;
}
