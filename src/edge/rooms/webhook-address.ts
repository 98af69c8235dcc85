import { z } from "zod";

/** Longest address of a webhook, in characters. */
const MAX_URL = 500;
/** Longest key that signs what is told there, in characters, and the shortest. */
const MAX_KEY = 200;
const MIN_KEY = 16;

/** Names that only mean something within somebody's own network (RFC 6761, RFC 6762, RFC 8375, and what routers, clouds and clusters call theirs). */
const INNER =
  /(^|\.)(localhost|localdomain|local|svc|cluster|internal|intranet|lan|home|corp|private|home\.arpa|test|example|invalid|onion|alt)$/;

/**
 * True of an address that a stranger may have us call: https, on its own port, at a name that has a dot and is no inner one, with nobody's
 * password in it. Addresses in numbers are not taken at all: no service that is meant to be called has only those.
 *
 * What a name leads to is not known here. On Cloudflare nothing private can be reached; on a server of one's own such calls go through a network
 * that only lets public addresses through, after the name was looked up (cli/server/workerd-config.ts).
 */
export function isPublicAddress(text: string): boolean {
  // The parser leaves out what a line would end with, and spaces around: what is called is to be what is written.
  const url = text.length <= MAX_URL && !/[\p{Cc}\s]/u.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" || url.port !== "" || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  // A dot at the end means the same name; more of them are no name, but some resolvers take it for one.
  const name = url.hostname.replace(/\.+$/, "").toLowerCase();
  // The parser writes IPv6 in brackets, and every spelling of IPv4 as four numbers.
  if (!name.includes(".") || name.includes("..") || name.startsWith("[") || /\.\d+$/.test(name)) return false;
  return !INNER.test(name);
}

/** What a room's maker may say of whom he wants told what happens in it. */
export const WebhookWish = z.strictObject({
  url: z
    .string()
    .refine(isPublicAddress, "url is an https address at a public name, without a port")
    .meta({ format: "uri", maxLength: MAX_URL })
    .describe("Where it is told: https, at a public name"),
  key: z
    .string()
    .min(MIN_KEY, `key has ${MIN_KEY} to ${MAX_KEY} characters`)
    .max(MAX_KEY, `key has ${MIN_KEY} to ${MAX_KEY} characters`)
    .optional()
    .describe("Signs what is told: `whsec_` and base64, as Standard Webhooks has it, or any text"),
});
