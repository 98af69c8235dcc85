import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId } from "../core/ids.ts";
import { MAX_REPORT, REPORT_REASONS } from "../core/report.ts";
import { readable } from "../core/text.ts";
import type { Env } from "../objects/calls.ts";
import { log } from "../objects/log.ts";
import { jsonOf, sentenceOf } from "./body.ts";
import type { RouteSays } from "./openapi.ts";
import { recall } from "./plan-memory.ts";
import { problem } from "./problem.ts";
import { settingsOf } from "./settings.ts";

/** A webhook that has not answered by then is asked again, in ms. */
const ANSWER_MS = 5_000;
/** How long it is waited before each further try, in ms; a Worker may work on for 30 s after it has answered. */
const AGAIN_MS = [2_000, 8_000] as const;

const ReportBody = z.strictObject({
  reason: z.enum(REPORT_REASONS, { error: `reason is one of ${REPORT_REASONS.join(", ")}` }),
  text: z
    .string()
    .default("")
    // Whoever writes a report may press Enter.
    .transform((text, context) => {
      const lines = text.replace(/[\r\n\t]+/g, " ").trim();
      const said = lines === "" ? "" : readable(lines, MAX_REPORT);
      if (said === undefined) context.addIssue({ code: "custom", message: `text has at most ${MAX_REPORT} characters that can be read` });
      return said ?? z.NEVER;
    }),
});

export const REPORT_ROOM: RouteSays = {
  name: "reportRoom",
  tag: "rooms",
  summary: "Tell the operator that something is wrong with a room",
  about: "Nothing of who reports goes with it.",
  door: "anybody",
  body: { schema: ReportBody, example: { reason: "spam", text: "They sell watches" } },
  answers: { 204: "The operator's webhook has it", 202: "It is tried again" },
  no: ["report-off", "room-unknown", "too-many-requests"],
};

/** True if a report would reach somebody: the pages show their button only then. */
export function canReport({ REPORT_WEBHOOK }: Pick<Env, "REPORT_WEBHOOK">): boolean {
  return REPORT_WEBHOOK !== undefined && URL.canParse(REPORT_WEBHOOK);
}

/**
 * `POST /api/rooms/:room/report`: tells the operator's webhook that something is wrong with a room. Nothing of who reports goes with it.
 *
 * 204 once the webhook has it; 202 while it is tried again.
 */
export async function reportRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const webhook = c.env.REPORT_WEBHOOK;
  if (webhook === undefined || !canReport(c.env)) return problem(c, "report-off");
  const body = ReportBody.safeParse(jsonOf(await c.req.text()));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"reason": "spam", "text": "what you saw"}'));
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  if (known === undefined) return problem(c, "room-unknown");
  const { title, listed } = known.summary;
  const page = new URL(`/rooms/${known.summary.room}`, c.req.url).href;
  const at = new Date().toISOString();
  const report = JSON.stringify({
    type: "report",
    id: crypto.randomUUID(),
    at,
    room: known.summary.room,
    title,
    listed,
    page,
    ...body.data,
  });
  const send = () => deliver(webhook, report, c.env.REPORT_KEY);
  const headers = { "Cache-Control": "no-store" };
  if (await send()) return c.body(null, 204, headers);
  c.executionCtx.waitUntil(tryAgain(send));
  return c.body(null, 202, headers);
}

async function tryAgain(send: () => Promise<boolean>): Promise<void> {
  for (const waitMs of AGAIN_MS) {
    await new Promise((wake) => setTimeout(wake, waitMs));
    if (await send()) return;
  }
  log("report-not-delivered", {});
}

/** True if the webhook took it. With a key, it can be checked there that the report is ours and how old it is. */
async function deliver(webhook: string, report: string, key: string | undefined): Promise<boolean> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signed =
    key === undefined || key === "" ? {} : { "X-Canopy-Signature": `sha256=${await signatureOf(key, `${timestamp}.${report}`)}` };
  try {
    const answer = await fetch(webhook, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Canopy-Timestamp": timestamp, ...signed },
      body: report,
      // A webhook that sends us elsewhere is not the one that the operator named.
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** HMAC-SHA-256 in hex. */
async function signatureOf(key: string, text: string): Promise<string> {
  const bytes = (said: string) => new TextEncoder().encode(said);
  const imported = await crypto.subtle.importKey("raw", bytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mark = await crypto.subtle.sign("HMAC", imported, bytes(text));
  return [...new Uint8Array(mark)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
