import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { PeerClock } from "../peer-clock.ts";

/** A broadcast as one writes it with Node and `ws`. Any plain request starts the sound. Settings come by environment: CHUNK_MS, BUNDLE. */
const { CHUNK_MS = "100", BUNDLE = "1" } = process.env;
const http = createServer((_, answer) => {
  clock.start();
  answer.end("on air");
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: true });
const clock = new PeerClock({ chunkMs: Number(CHUNK_MS), bundle: Number(BUNDLE) }, (message) => {
  for (const client of server.clients) client.send(message);
});
server.on("connection", (client) => client.on("error", () => undefined));
http.listen(0, "127.0.0.1", 16_384, () => {
  const address = http.address();
  if (typeof address === "object" && address !== null) console.log(`listening on ${address.port}`);
});
