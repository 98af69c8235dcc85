import type { Place } from "../core/tree/region.ts";

/** What Cloudflare tells of a visitor's place; bare workerd tells little or nothing, so every field may be missing. */
export function placeOf(request: Request): Place {
  const cf: unknown = request.cf;
  if (typeof cf !== "object" || cf === null) return {};
  const continent = "continent" in cf && typeof cf.continent === "string" ? cf.continent : undefined;
  const country = "country" in cf && typeof cf.country === "string" ? cf.country : undefined;
  const longitude = "longitude" in cf && Number.isFinite(Number(cf.longitude)) ? Number(cf.longitude) : undefined;
  return { continent, country, longitude };
}
