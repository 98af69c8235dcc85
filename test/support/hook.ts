import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What a webhook was told, as it came. */
export type Told = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** A webhook on this machine that answers so; what it is told is written down. */
export async function hookForTest(status: (told: Told) => number): Promise<{ url: string; told: Told[]; close: () => void }> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes: Buffer) => {
      body += bytes.toString("utf8");
    });
    request.on("end", () => {
      const one = { headers: request.headers, body };
      told.push(one);
      response.writeHead(status(one)).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, told, close: () => server.close() };
}
