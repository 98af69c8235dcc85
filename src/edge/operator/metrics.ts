import type { Context } from "hono";
import { countedSoFar, OBJECT_KINDS, type ObjectCounts } from "../../objects/counted.ts";
import type { Env } from "../../objects/env.ts";
import { webhooksSoFar } from "../../objects/room/told/webhook-counts.ts";
import { heldSockets, heldSocketsBy, mostQueuedBytes } from "../../objects/sockets.ts";
import { doingNow } from "../../objects/watched.ts";
import { noOperator } from "../request/keys.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem } from "../request/problem.ts";

export const METRICS: RouteSays = {
  name: "readMetrics",
  tag: "operator",
  summary: "What this isolate does, in Prometheus' text format",
  about: "On Cloudflare each isolate answers for itself.",
  door: "admin-key",
  answers: { 200: { says: "Counters and gauges", type: "text/plain" } },
};

/**
 * `GET /metrics`: what this isolate has done that is billed, in Prometheus' text format; for the operator alone.
 *
 * A deployment without an ADMIN_KEY has no such address. On Cloudflare each isolate answers for itself: add them up elsewhere, or use the
 * platform's own analytics.
 */
export async function metrics(c: Context<{ Bindings: Env }>): Promise<Response> {
  const refused = await noOperator(c);
  if (refused !== undefined) return problem(c, refused);
  return c.body(text(), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" });
}

function text(): string {
  const { workerRequests, objects, segments } = countedSoFar();
  const { live, parked, stride } = doingNow();
  const { told, waiting } = webhooksSoFar();
  const lanes = heldSocketsBy();
  const perKind = (of: (counts: Readonly<ObjectCounts>) => number): [string, number][] =>
    OBJECT_KINDS.map((kind) => [`{class="${kind}"}`, of(objects[kind])]);
  return [
    family("canopy_worker_requests_total", "counter", "Requests from outside.", [["", workerRequests]]),
    family(
      "canopy_object_requests_total",
      "counter",
      "Requests, calls and alarms that objects answered.",
      perKind((counts) => counts.requests),
    ),
    family(
      "canopy_object_messages_total",
      "counter",
      "WebSocket messages that objects received.",
      perKind((counts) => counts.messages),
    ),
    family(
      "canopy_object_awake_seconds_total",
      "counter",
      "Time that objects were awake.",
      perKind((counts) => counts.awakeMs / 1_000),
    ),
    family("canopy_sockets", "gauge", "Connections to people.", [["", heldSockets()]]),
    family("canopy_queued_bytes_max", "gauge", "Most bytes ever found waiting on one listener's line.", [["", mostQueuedBytes()]]),
    family("canopy_rooms_live", "gauge", "Rooms in which somebody is on air.", [["", live]]),
    family("canopy_stage_sockets", "gauge", "Connections of who is on stage.", [["", lanes.stage]]),
    // Who hears the cached lane is counted by nobody: his segments come from caches.
    family("canopy_listeners", "gauge", "Connections of who listens, by lane.", [
      ['{lane="live"}', lanes.live],
      ['{lane="radio"}', lanes.radio],
    ]),
    family("canopy_joins_parked", "gauge", "Joins that wait for a leaf to have time.", [["", parked]]),
    family("canopy_stride_chunks_max", "gauge", "The widest stride of any leaf; 0 without leaves.", [["", stride]]),
    family("canopy_segments_total", "counter", "Segments that archives tried to store, by what came of it.", [
      ['{outcome="stored"}', segments.stored],
      ['{outcome="failed"}', segments.failed],
    ]),
    family("canopy_webhooks_waiting", "gauge", "Letters that no webhook has taken yet.", [["", waiting]]),
    family("canopy_webhooks_total", "counter", "Times that a webhook was told something, by what came of it.", [
      ['{outcome="taken"}', told.taken],
      ['{outcome="not-taken"}', told["not-taken"]],
      ['{outcome="given-up"}', told["given-up"]],
    ]),
  ].join("");
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
function family(name: string, type: "counter" | "gauge", help: string, samples: readonly (readonly [string, number])[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map(([labels, value]) => `${name}${labels} ${value}\n`).join("")}`;
}
