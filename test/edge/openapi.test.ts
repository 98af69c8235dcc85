import { describe, expect, it } from "vitest";
import { app, forFrames, forPages } from "../../src/edge/app.ts";
import { call } from "../contract/workerd-house.ts";

type Description = { openapi: string; servers: unknown; paths: Record<string, Record<string, { operationId: string; summary: string }>> };

/** What is for browsers alone, beside the pages: their scripts, and what tells of a verb that is none. */
const UNTOLD = ["/assets/:name", "/api/rooms/:room/:verb"];

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
