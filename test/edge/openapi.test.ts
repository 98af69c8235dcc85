import { expect, it } from "vitest";
import { call } from "../contract/workerd-house.ts";

it("/openapi.json describes itself as OpenAPI 3.1, with this server's address", async () => {
  const document = await (await call("GET", "/openapi.json")).json<Record<string, unknown>>();
  expect(document).toMatchObject({ openapi: "3.1.0", servers: [{ url: "http://canopy.test" }] });
});
