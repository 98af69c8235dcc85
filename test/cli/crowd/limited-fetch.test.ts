import { createServer, type Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { limitedFetch } from "../../../src/cli/crowd/limited-fetch.ts";

let server: Server | undefined;
afterEach(() => server?.close());

it("a crowd's fetches never ask for more than so many things at once, and all get their answer", async () => {
  let under = 0;
  let most = 0;
  server = createServer((_, answer) => {
    most = Math.max(most, ++under);
    setTimeout(() => {
      under--;
      answer.end("segment");
    }, 5);
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const fetches = limitedFetch(3);
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetches(`http://127.0.0.1:${port}/`, {})));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(new Array(20).fill("segment"));
  expect(most).toBe(3);
  // One that fails gives its turn to the next.
  await Promise.all(Array.from({ length: 4 }, () => fetches("http://127.0.0.1:1/", {}).catch(() => undefined)));
  expect((await fetches(`http://127.0.0.1:${port}/`, {})).status).toBe(200);
});
