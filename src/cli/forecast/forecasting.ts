import { billOf, type Evening, totalOf, type Usage, usageOf } from "../../core/tree/shape/bill.ts";
import { leavesFor } from "../../core/tree/shape/grow.ts";
import { WORKERD_COSTS } from "../../sim/costs.ts";
import { textTable } from "../text-table.ts";
import { plantedPlan } from "./forecast-plan.ts";
import { CLOUDFLARE, type Price, priceOf, RATES, SERVICES } from "./prices.ts";

/** What a voice costs on the wire, in kbit/s: 80 bytes every 20 ms, without headers, as everybody else counts it. */
const VOICE_KBPS = 32;
/** What stands beside every figure of money. */
export const NOTE = "list prices, never billed to us; what a plan includes for free is not taken off";

export type ForecastFlags = {
  readonly listeners: number;
  readonly hours: number;
  readonly leaf: number;
  readonly leaves?: number;
  readonly fanOut: number;
  readonly chunkMs: number;
  readonly stride: number;
  readonly speakers: number;
  readonly joins: number;
  readonly pages: number;
  readonly cachedShare: number;
  readonly edges: number;
  readonly json?: boolean;
};

export type Forecast = {
  readonly usage: Usage;
  readonly bill: ReturnType<typeof billOf>;
  readonly dollars: number;
  /** What it would cost if everybody heard by the cached lane. */
  readonly allCachedDollars: number;
  readonly elsewhere: readonly { readonly name: string; readonly dollars: number; readonly price: Price }[];
  readonly listenersPerLeaf: number;
  /** The share of a core that a leaf spends on sends. */
  readonly leafBusy: number;
};

/** What an evening asks of the platform, and what that costs here and elsewhere. */
export function forecastOf(flags: ForecastFlags): Forecast {
  const evening = eveningOf(flags, flags.cachedShare);
  const usage = usageOf(evening);
  const bill = billOf(usage, RATES);
  const leaves = Object.values(evening.plan.regions).reduce((sum, window) => sum + window.width, 0);
  const listenersPerLeaf = (flags.listeners - evening.cached) / Math.max(1, leaves);
  return {
    usage,
    bill,
    dollars: totalOf(bill),
    allCachedDollars: totalOf(billOf(usageOf(eveningOf(flags, 1)), RATES)),
    elsewhere: SERVICES.map((service) => ({
      name: service.name,
      dollars: priceOf(service, flags.listeners, evening.seconds, VOICE_KBPS),
      price: service.price,
    })),
    listenersPerLeaf,
    leafBusy: (listenersPerLeaf * WORKERD_COSTS.sendMs) / (flags.stride * flags.chunkMs),
  };
}

function eveningOf(flags: ForecastFlags, cachedShare: number): Evening {
  const cached = flags.listeners * cachedShare;
  const live = flags.listeners - cached;
  const leaves = flags.leaves ?? Math.max(1, leavesFor(live, flags.leaf));
  return {
    plan: plantedPlan(leaves, flags.leaf, flags.fanOut),
    seconds: flags.hours * 3_600,
    // In a large audience somebody comes or goes in every second.
    movingSeconds: flags.hours * 3_600,
    chunkMs: flags.chunkMs,
    speakers: flags.speakers,
    // Who is sent to the cached lane has knocked, too.
    joins: flags.listeners * flags.joins,
    pages: flags.listeners * flags.pages,
    cached,
    edges: flags.edges,
  };
}

/** A forecast for people. */
export function sheet(flags: ForecastFlags, found: Forecast): string {
  const { usage } = found;
  const who = `${whole(flags.listeners)} listeners for ${flags.hours} h, ${(flags.cachedShare * 100).toFixed(0)} % of them in the cached lane`;
  const billRows = found.bill.map((line) => [line.what, whole(line.amount), dollars(line.dollars)]);
  const elsewhere = [
    ["Canopy", dollars(found.dollars), ""],
    ["Canopy, all in the cached lane", dollars(found.allCachedDollars), ""],
    ...found.elsewhere.map((one) => [one.name, dollars(one.dollars), `$${one.price.dollars} per ${one.price.per}; read ${one.price.read}`]),
  ];
  const prices = [...Object.values(CLOUDFLARE), ...SERVICES.map((service) => service.price)];
  return [
    who,
    `${whole(usage.objects)} objects awake; ${found.listenersPerLeaf.toFixed(0)} listeners a leaf, each busy for ${(found.leafBusy * 100).toFixed(0)} % of a core with sends at stride ${flags.stride}`,
    "",
    textTable(["billed", "amount", "dollars"], [...billRows, ["together", "", dollars(found.dollars)]]),
    "",
    textTable(["the same evening", "dollars", ""], elsewhere, ["left", "right", "left"]),
    "",
    `These are ${NOTE}. Whether an account may carry such traffic at list price is to be asked of Cloudflare.`,
    `Prices stand at: ${[...new Set(prices.map((price) => price.source))].join(" ")}`,
  ].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function dollars(value: number): string {
  return `$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: value < 0.01 ? 4 : 2 })}`;
}
