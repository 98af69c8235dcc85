import type { Context } from "hono";
import type { Env } from "../../objects/env.ts";
import { problem } from "../request/problem.ts";

/** What the pages are made of, by ending. */
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  wasm: "application/wasm",
  svg: "image/svg+xml",
  map: "application/json",
  webmanifest: "application/manifest+json",
  png: "image/png",
};

/**
 * `GET /assets/:name`. On Cloudflare and under `wrangler dev` the platform answers before this worker is asked; an embedded server has a
 * plain folder, which knows no types.
 */
export async function asset(c: Context<{ Bindings: Env }>): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const type = TYPES[name.split(".").at(-1) ?? ""];
  if (type === undefined || !/^[A-Za-z0-9._-]+$/.test(name)) return problem(c, "not-found");
  const found = await c.env.ASSETS.fetch(new URL(`/assets/${name}`, c.req.url));
  if (!found.ok) return problem(c, "not-found");
  return new Response(found.body, { headers: { "Content-Type": type, "Cache-Control": "no-cache" } });
}
