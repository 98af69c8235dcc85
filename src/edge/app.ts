import { Hono } from "hono";
import type { Env } from "../objects/calls.ts";
import { log } from "../objects/log.ts";
import { asset } from "./assets.ts";
import { listen } from "./listen.ts";
import { readLobby } from "./lobby.ts";
import { problem } from "./problem.ts";
import { createRoom, readRoom } from "./rooms.ts";
import { stage } from "./stage.ts";

/** Every route, on one screen. */
export const app = new Hono<{ Bindings: Env }>();

app.get("/healthz", (c) => c.json({ ok: true }));

app.post("/api/rooms", createRoom);
app.get("/api/rooms/:room", readRoom);
app.get("/api/lobby", readLobby);

app.get("/rooms/:room/listen", listen);
app.get("/rooms/:room/stage", stage);

app.get("/assets/:name", asset);

app.notFound((c) => problem(c, "not-found"));
app.onError((fault, c) => {
  log("fault", { path: c.req.path, why: String(fault) });
  return problem(c, "fault");
});
