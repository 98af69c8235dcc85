import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app, forFrames, forPages } from "../../../src/edge/app.ts";
import { call } from "../../contract/workerd-house.ts";

type Description = { openapi: string; servers: unknown; paths: Record<string, Record<string, { operationId: string; summary: string }>> };

/** What is for browsers alone, beside the pages: their scripts, and what tells of a verb that is none. */
const UNTOLD = ["/assets/:name", "/api/rooms/:room/:verb"];

describe("/api", () => {
  it("shows people the same, each with a line that may be typed, and the home page leads there", async () => {
    const { paths } = await (await call("GET", "/openapi.json")).json<Description>();
    const page = await (await call("GET", "/api")).text();
    const names = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(names.filter((name) => !page.includes(`id="${name}"`))).toEqual([]);
    expect(page).toContain("curl -X POST http://canopy.test/api/rooms/demo/rename");
    expect(await (await call("GET", "/")).text()).toContain('href="/api"');
    const french = await exports.default.fetch("http://canopy.test/api", { headers: { "Accept-Language": "fr" } });
    expect(await french.text()).toContain("L’API de ce serveur");
  });
});

describe("/openapi.json", () => {
  const read = async () => (await call("GET", "/openapi.json")).json<Description>();

  it("describes itself as OpenAPI 3.1, with this server's address", async () => {
    expect(await read()).toMatchObject({ openapi: "3.1.0", servers: [{ url: "http://canopy.test" }] });
  });

  it("tells of every route but the pages", async () => {
    const { paths } = await read();
    const pages = new Set(app.routes.filter(({ handler }) => handler === forPages || handler === forFrames).map(({ path }) => path));
    const untold = app.routes.filter(({ path, method }) => {
      const told = paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
      return told === undefined && method !== "ALL" && !pages.has(path) && !UNTOLD.includes(path);
    });
    expect(untold.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it("calls everything by a name of its own, and says what it is", async () => {
    const operations = Object.values((await read()).paths).flatMap((path) => Object.values(path));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.every(({ summary }) => summary.length > 5)).toBe(true);
  });
});
