/**
 * Where Cloudflare can be asked to place an object: its location hints.
 * https://developers.cloudflare.com/durable-objects/reference/data-location/
 */
export const REGIONS = ["weur", "eeur", "enam", "wnam", "sam", "apac", "oc", "afr", "me"] as const;
export type Region = (typeof REGIONS)[number];

/** Where who tells nothing of his place is served: bare workerd and tests have no `cf`. */
export const DEFAULT_REGION: Region = "weur";

const KNOWN: ReadonlySet<string> = new Set(REGIONS);

/** True if `text` names a region. */
export function isRegion(text: string): text is Region {
  return KNOWN.has(text);
}

/** What the edge knows of a visitor's place; any of it may be missing. */
export type Place = {
  readonly continent?: string | undefined;
  readonly country?: string | undefined;
  readonly longitude?: number | undefined;
};

/** Countries of western Asia, which Cloudflare's continent code does not tell from the rest of Asia. */
const MIDDLE_EAST = new Set("AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE".split(" "));
/** Degrees east that part western from eastern Europe: between Germany and Poland. */
const EAST_OF_WESTERN_EUROPE = 15;
/** Degrees west that part the two halves of North America. */
const WEST_OF_EASTERN_AMERICA = -100;

/** The region whose leaves serve a visitor, by continent first; where nothing is known, DEFAULT_REGION. */
export function regionOf(place: Place): Region {
  if (place.country !== undefined && MIDDLE_EAST.has(place.country)) return "me";
  switch (place.continent) {
    case "EU":
      return (place.longitude ?? 0) > EAST_OF_WESTERN_EUROPE ? "eeur" : "weur";
    case "NA":
      return (place.longitude ?? 0) < WEST_OF_EASTERN_AMERICA ? "wnam" : "enam";
    case "SA":
      return "sam";
    case "AS":
      return "apac";
    case "OC":
      return "oc";
    case "AF":
      return "afr";
    default:
      return DEFAULT_REGION;
  }
}

/** From each region all, nearest first: who wants a region that the plan has no leaf in, takes the next. By undersea cable, roughly. */
const NEAREST: Readonly<Record<Region, readonly Region[]>> = {
  weur: ["weur", "eeur", "enam", "me", "afr", "wnam", "sam", "apac", "oc"],
  eeur: ["eeur", "weur", "me", "enam", "afr", "apac", "wnam", "sam", "oc"],
  enam: ["enam", "wnam", "weur", "sam", "eeur", "me", "afr", "apac", "oc"],
  wnam: ["wnam", "enam", "apac", "sam", "oc", "weur", "eeur", "me", "afr"],
  sam: ["sam", "enam", "wnam", "weur", "afr", "eeur", "me", "apac", "oc"],
  apac: ["apac", "oc", "me", "wnam", "eeur", "weur", "enam", "afr", "sam"],
  oc: ["oc", "apac", "wnam", "enam", "weur", "me", "eeur", "sam", "afr"],
  afr: ["afr", "weur", "me", "eeur", "enam", "apac", "sam", "wnam", "oc"],
  me: ["me", "eeur", "weur", "afr", "apac", "enam", "wnam", "oc", "sam"],
};

/** `wanted` and then all others, nearest first. */
export function nearestFirst(wanted: Region): readonly Region[] {
  return NEAREST[wanted];
}
