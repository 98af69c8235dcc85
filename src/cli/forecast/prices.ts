import type { Rates } from "../../core/tree/shape/bill.ts";

/** A list price: in dollars for one unit, where it stands, and when it was read there. */
export type Price = { readonly dollars: number; readonly per: string; readonly source: string; readonly read: string };

/**
 * List prices of Cloudflare's paid plan beyond what it includes. Read in public copies of these pages on the day that stands beside each;
 * the pages may say something else by now. Nobody has ever been billed for a Canopy evening.
 */
export const CLOUDFLARE = {
  workerRequests: {
    dollars: 0.3 / 1e6,
    per: "request",
    source: "https://developers.cloudflare.com/workers/platform/pricing/",
    read: "2026-11-23",
  },
  workerCpuMs: {
    dollars: 0.02 / 1e6,
    per: "ms of CPU",
    source: "https://developers.cloudflare.com/workers/platform/pricing/",
    read: "2026-11-23",
  },
  objectRequests: {
    dollars: 0.15 / 1e6,
    per: "request; 20 received WebSocket messages count as one",
    source: "https://developers.cloudflare.com/durable-objects/platform/pricing/",
    read: "2026-11-23",
  },
  gbSeconds: {
    dollars: 12.5 / 1e6,
    per: "GB-second; each object counts as 128 MB while it is awake",
    source: "https://developers.cloudflare.com/durable-objects/platform/pricing/",
    read: "2026-11-23",
  },
  rowsWritten: {
    dollars: 1 / 1e6,
    per: "row",
    source: "https://developers.cloudflare.com/durable-objects/platform/pricing/",
    read: "as known in January 2026: the copy read on 2026-11-23 did not show it",
  },
} as const satisfies Record<keyof Rates, Price>;

/** What others ask for a listener: by the GB that reaches him, or by his minute. */
export type Service = { readonly name: string; readonly price: Price; readonly by: "gb" | "minute" };

/** Services that would carry the same evening, without what they include for free and without discounts for volume. */
export const SERVICES: readonly Service[] = [
  {
    name: "Cloudflare Realtime SFU",
    by: "gb",
    price: { dollars: 0.05, per: "GB to listeners", source: "https://developers.cloudflare.com/calls/pricing", read: "2026-11-23" },
  },
  {
    name: "Cloudflare RealtimeKit, audio only",
    by: "minute",
    price: {
      dollars: 0.0005,
      per: "participant's minute",
      source: "https://developers.cloudflare.com/realtime/realtimekit/platform/pricing/",
      read: "2026-11-23",
    },
  },
  {
    name: "Alibaba ApsaraVideo RTC, audio",
    by: "minute",
    price: {
      dollars: 0.00086,
      per: "participant's minute",
      source: "https://www.alibabacloud.com/help/live/product-overview/billing-of-co-streaming",
      read: "2026-11-23, page of 2025-10-20",
    },
  },
  {
    name: "Agora, audio",
    by: "minute",
    price: { dollars: 0.99 / 1_000, per: "participant's minute", source: "https://docs.agora.io/en/faq/audio_billing", read: "2026-11-23" },
  },
];

/** Cloudflare's rates, as the bill's arithmetic takes them. */
export const RATES: Rates = {
  workerRequests: CLOUDFLARE.workerRequests.dollars,
  workerCpuMs: CLOUDFLARE.workerCpuMs.dollars,
  objectRequests: CLOUDFLARE.objectRequests.dollars,
  gbSeconds: CLOUDFLARE.gbSeconds.dollars,
  rowsWritten: CLOUDFLARE.rowsWritten.dollars,
};

/** What a service asks for so many listeners, in dollars. @param kbps what one listener is sent, in kbit/s */
export function priceOf({ price, by }: Service, listeners: number, seconds: number, kbps: number): number {
  // kbit/s are bytes/ms × 8, and a GB is 1e9 bytes.
  return by === "minute" ? (listeners * seconds * price.dollars) / 60 : (listeners * seconds * kbps * 125 * price.dollars) / 1e9;
}
