import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId } from "../../core/ids.ts";
import { MAX_REPORT, REPORT_REASONS } from "../../core/report.ts";
import { readable } from "../../core/text.ts";
import type { Env } from "../../objects/env.ts";
import { log } from "../../objects/log.ts";
import { deliver } from "../../objects/room/told/webhook.ts";
import { recall } from "../memory/plan-memory.ts";
import { jsonOf, sentenceOf } from "../request/body.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";

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
  const id = `evt_${crypto.randomUUID()}`;
  const data = { room: known.summary.room, title, listed, page, ...body.data };
  const report = JSON.stringify({ type: "report", id, timestamp: new Date().toISOString(), data });
  const send = async () => (await deliver({ url: webhook, key: c.env.REPORT_KEY }, id, report)) === "taken";
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
