import type { Place } from "../../core/tree/shape/region.ts";
import type { Env } from "../../objects/env.ts";

/**
 * Where a visitor comes from, as text; undefined if nobody knows. It is looked at and forgotten: it goes into no header, log or storage
 * (edge/request/identity.ts).
 *
 * A header is believed only where something of ours has set it: what the operator's own proxy tells, else what workerd saw itself, else what
 * Cloudflare puts there, where a visitor cannot.
 */
export function addressTextOf(request: Request, { ADDRESS_HEADER }: Pick<Env, "ADDRESS_HEADER">): string | undefined {
  // Of a list each proxy adds to the end: the last was written by the nearest, which is the operator's.
  if (ADDRESS_HEADER !== undefined && ADDRESS_HEADER !== "") return request.headers.get(ADDRESS_HEADER)?.split(",").at(-1)?.trim();
  const cf: unknown = request.cf;
  if (typeof cf === "object" && cf !== null && "clientIp" in cf && typeof cf.clientIp === "string") return cf.clientIp;
  return request.headers.get("cf-connecting-ip") ?? undefined;
}

/** What Cloudflare tells of a visitor's place; bare workerd tells little or nothing, so every field may be missing. */
export function placeOf(request: Request): Place {
  const cf: unknown = request.cf;
  if (typeof cf !== "object" || cf === null) return {};
  const continent = "continent" in cf && typeof cf.continent === "string" ? cf.continent : undefined;
  const country = "country" in cf && typeof cf.country === "string" ? cf.country : undefined;
  const longitude = "longitude" in cf && Number.isFinite(Number(cf.longitude)) ? Number(cf.longitude) : undefined;
  return { continent, country, longitude };
}
