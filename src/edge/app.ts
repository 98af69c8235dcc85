import { Hono } from "hono";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "../objects/env.ts";
import { log } from "../objects/log.ts";
import { END_ROOM, endRoom, READ_ROOMS, readRooms } from "./operator/admin.ts";
import { METRICS, metrics } from "./operator/metrics.ts";
import { apiPage } from "./pages/api-page.tsx";
import { asset } from "./pages/assets.ts";
import { broadcastPage, continuePage, embedPage, eveningPage, homePage, listenerPage, problemFor, replayPage } from "./pages/pages.tsx";
import { ANY_ORIGIN } from "./request/any-origin.ts";
import { switchLanguage } from "./request/language.ts";
import { limited } from "./request/limits.ts";
import { described, descriptionOf, HEALTHZ, OPENAPI } from "./request/openapi.ts";
import { CONTINUE_ROOM, continueRoom, READ_CONTINUE, readContinue } from "./rooms/continue.ts";
import { EVENT_ICS, eventIcs } from "./rooms/event-ics.ts";
import { READ_LOBBY, readLobby } from "./rooms/lobby.ts";
import { QR_CODE, qrCode } from "./rooms/qr.ts";
import { REPORT_ROOM, reportRoom } from "./rooms/report.ts";
import { CREATE_ROOM, createRoom, READ_ROOM, readRoom, smallBody } from "./rooms/rooms.ts";
import { READ_CAPTIONS, readCaptions } from "./sound/captions.ts";
import { LISTEN, listen } from "./sound/listen.ts";
import { LIVE_HLS, LIVE_PIECE, livePiece, livePlaylist } from "./sound/radio-hls.ts";
import { LIVE_M3U, LIVE_OGG, LIVE_PLS, liveM3u, liveOgg, livePls } from "./sound/radio-stream.ts";
import {
  DELETE_ANY_RECORDING,
  DELETE_RECORDING,
  deleteRecording,
  deleteRecordingByOperator,
  READ_RECORDING,
  readRecording,
} from "./sound/recording.ts";
import { READ_HEAD, READ_SEGMENT, readHead, readSegment } from "./sound/segments.ts";
import { READ_TRACK, readTrack } from "./sound/track.ts";
import { READ_BACKSTAGE, readBackstage } from "./stage/backstage.ts";
import { READ_EVENING, readEvening } from "./stage/evening.ts";
import { EXPECT_CROWD, expectCrowd, READ_EXPECTED, readExpected } from "./stage/expect.ts";
import { READ_TICKET, readTicket, STAGE, stage } from "./stage/stage.ts";
import { VERB_ROUTES } from "./stage/verb-says.ts";
import { askRoom } from "./stage/verbs.ts";

/** What a page may do: its own scripts, WebAssembly for browsers without Opus, sockets, and nothing from anywhere else. */
const policy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  mediaSrc: ["'self'", "blob:", "mediastream:"],
  // 'self' does not cover sockets in every browser.
  connectSrc: ["'self'", "ws:", "wss:"],
  workerSrc: ["'self'", "blob:"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
};
// A server on one's own machine speaks plain HTTP; whoever deploys with TLS has the platform's own setting.
const common = { referrerPolicy: "no-referrer", strictTransportSecurity: false } as const;

/** Pages stand in no frame, and only they may ask for the microphone. */
export const forPages = secureHeaders({
  ...common,
  contentSecurityPolicy: { ...policy, frameAncestors: ["'none'"] },
  permissionsPolicy: { microphone: ["self"], camera: [], geolocation: [] },
  xFrameOptions: "DENY",
});

/** The player that stands in other people's pages: it plays, and asks for nothing. */
export const forFrames = secureHeaders({
  ...common,
  contentSecurityPolicy: { ...policy, frameAncestors: ["*"] },
  permissionsPolicy: { microphone: [], camera: [], geolocation: [] },
  xFrameOptions: false,
  crossOriginResourcePolicy: "cross-origin",
});

/**
 * Every route, on one screen.
 *
 * Each says of itself what `/openapi.json` and the page `/api` tell: a constant beside its handler (`RouteSays` in openapi.ts: who may call it, its
 * body's and its answers' schemas, its *noes*), given to `described` in front of the handlers here.
 */
export const app = new Hono<{ Bindings: Env }>();

app.get("/healthz", described(HEALTHZ), (c) => c.json({ ok: true }));
app.get("/metrics", described(METRICS), metrics);
app.get("/openapi.json", described(OPENAPI), async (c) => {
  const headers = { "Cache-Control": "public, max-age=60", ...ANY_ORIGIN };
  return c.json(await descriptionOf(app, new URL(c.req.url).origin), 200, headers);
});

app.post("/api/rooms", described(CREATE_ROOM), limited("CREATES"), smallBody, createRoom);
app.get("/api/rooms/:room", described(READ_ROOM), readRoom);
app.post("/api/rooms/:room/continue", described(CONTINUE_ROOM), limited("CREATES"), smallBody, continueRoom);
app.get("/api/rooms/:room/continue", described(READ_CONTINUE), limited("ASKS"), readContinue);
app.get("/api/rooms/:room/ticket", described(READ_TICKET), limited("ASKS"), readTicket);
app.post("/api/rooms/:room/report", described(REPORT_ROOM), limited("REPORTS"), smallBody, reportRoom);
app.post("/api/rooms/:room/expect", described(EXPECT_CROWD), limited("ASKS"), smallBody, expectCrowd);
app.get("/api/rooms/:room/expect", described(READ_EXPECTED), limited("ASKS"), readExpected);
app.get("/api/rooms/:room/backstage", described(READ_BACKSTAGE), limited("ASKS"), readBackstage);
app.get("/api/rooms/:room/recording", described(READ_RECORDING), limited("ASKS"), readRecording);
app.delete("/api/rooms/:room/recording", described(DELETE_RECORDING), limited("ASKS"), deleteRecording);
app.get("/api/rooms/:room/evening.csv", described(READ_EVENING), limited("ASKS"), readEvening);
for (const { verb, says } of VERB_ROUTES) app.post(`/api/rooms/:room/${verb}`, described(says), limited("ASKS"), smallBody, askRoom);
// Of what is no verb it says so.
app.post("/api/rooms/:room/:verb", limited("ASKS"), smallBody, askRoom);
app.get("/api/admin/rooms", described(READ_ROOMS), limited("ASKS"), readRooms);
app.post("/api/admin/rooms/:room/end", described(END_ROOM), limited("ASKS"), smallBody, endRoom);
app.delete("/api/admin/rooms/:room/recording", described(DELETE_ANY_RECORDING), limited("ASKS"), deleteRecordingByOperator);
app.get("/api/lobby", described(READ_LOBBY), readLobby);

app.get("/rooms/:room/listen", described(LISTEN), listen);
app.get("/rooms/:room/stage", described(STAGE), stage);

app.get("/rooms/:room/segments/:secret/head", described(READ_HEAD), readHead);
app.get("/rooms/:room/segments/:secret/:epoch/:index", described(READ_SEGMENT), readSegment);
app.get("/rooms/:room/recording/captions.vtt", described(READ_CAPTIONS), limited("ASKS"), readCaptions);

app.get("/rooms/:room/live.ogg", described(LIVE_OGG), liveOgg);
app.get("/rooms/:room/live.m3u", described(LIVE_M3U), liveM3u);
app.get("/rooms/:room/live.pls", described(LIVE_PLS), livePls);
app.get("/rooms/:room/live.m3u8", described(LIVE_HLS), livePlaylist);
app.get("/rooms/:room/live/:piece", described(LIVE_PIECE), livePiece);
app.get("/rooms/:room/recording/:track", described(READ_TRACK), limited("ASKS"), readTrack);

app.get("/", forPages, switchLanguage, homePage);
app.get("/rooms/:room", forPages, switchLanguage, listenerPage);
app.get("/rooms/:room/broadcast", forPages, switchLanguage, broadcastPage);
app.get("/rooms/:room/continue", forPages, switchLanguage, continuePage);
app.get("/rooms/:room/replay", forPages, switchLanguage, replayPage);
app.get("/rooms/:room/evening", forPages, switchLanguage, eveningPage);

app.get("/api", forPages, switchLanguage, async (c) => apiPage(c, await descriptionOf(app, new URL(c.req.url).origin)));

app.get("/embed/:room", forFrames, embedPage);
app.get("/rooms/:room/event.ics", described(EVENT_ICS), eventIcs);
app.get("/rooms/:room/qr.svg", described(QR_CODE), qrCode);

app.get("/assets/:name", asset);

app.notFound((c) => problemFor(c, "not-found"));
app.onError((fault, c) => {
  // The route and not the path: in a path there may stand what opens a door.
  log("fault", { route: routePath(c, -1), why: String(fault) });
  return problemFor(c, "fault");
});
