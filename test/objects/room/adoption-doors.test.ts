import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { sessionOf } from "../../../src/edge/request/identity.ts";
import { call, connectSpeaker, upgrade, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const { eventually } = workerdHouse;

async function aRoom(name: string): Promise<{ room: string; hostTicket: string; successorTicket: string }> {
  const answer = await call("POST", "/api/rooms", { title: "Talk", room: name });
  const { hostTicket, successorTickets } = await answer.json<{ hostTicket: string; successorTickets: string[] }>();
  return { room: name, hostTicket, successorTicket: successorTickets[0] ?? "" };
}

const does = (room: string, ticket: string, verb: string, fields: object) =>
  call("POST", `/api/rooms/${room}/${verb}`, fields, { Authorization: `Bearer ${ticket}` });

/** Another room takes the audience over, and its host speaks. */
async function takenOver(room: string, successorTicket: string) {
  const answer = await call("POST", `/api/rooms/${room}/continue`, undefined, { Authorization: `Bearer ${successorTicket}` });
  const next = await answer.json<{ room: string; hostTicket: string }>();
  const host = await connectSpeaker(next.room, next.hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  return { room: next.room, host };
}

/** Knocks, and tells how it ended: "welcome", or the code that it was closed with. */
async function knock(room: string, ...protocols: string[]): Promise<string> {
  const { webSocket } = await upgrade(`/rooms/${room}/listen`, { "Sec-WebSocket-Protocol": ["canopy.v1", ...protocols].join(", ") });
  if (webSocket === null) return "no socket";
  const told = new Promise<string>((tell) => {
    webSocket.addEventListener("message", ({ data }) => typeof data === "string" && data.includes('"welcome"') && tell("welcome"));
    webSocket.addEventListener("close", ({ code }) => tell(String(code)));
  });
  webSocket.accept();
  return told;
}

describe("a room that takes an audience over", () => {
  it("lets in whom the private room before had invited to listen, under both names, and no stranger", async () => {
    const { room, hostTicket, successorTicket } = await aRoom("doors-private");
    expect((await does(room, hostTicket, "lock-room", { locked: true })).status).toBe(204);
    const { ticket } = await (await does(room, hostTicket, "invite-listener", { name: "Ana" })).json<{ ticket: string }>();
    const me = `me.${"a".repeat(22)}`;
    await eventually("strangers are kept out", async () => (await knock(room, me)) === "4504");
    expect(await knock(room, me, `ticket.${ticket}`)).toBe("welcome");
    const next = await takenOver(room, successorTicket);
    for (const name of [room, next.room]) {
      expect(await knock(name, me, `ticket.${ticket}`), name).toBe("welcome");
      expect(await knock(name, me), name).toBe("4504");
    }
    next.host.leave();
  });

  it("keeps out who was banned before", async () => {
    const { room, hostTicket, successorTicket } = await aRoom("doors-banned");
    const me = "b".repeat(22);
    const session = await sessionOf(audienceOf(roomId(room)), me);
    expect((await does(room, hostTicket, "ban", { session })).status).toBe(204);
    const next = await takenOver(room, successorTicket);
    await eventually("he is kept out", async () => (await knock(next.room, `me.${me}`)) === "4503");
    expect(await knock(room, `me.${"c".repeat(22)}`)).toBe("welcome");
    expect(await knock(room, `me.${me}`)).toBe("4503");
    next.host.leave();
  });
});
