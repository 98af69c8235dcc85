import { describe, expect, it } from "vitest";
import { call } from "../../contract/workerd-house.ts";

type Made = { room: string; hostTicket: string; successorTickets: string[] };

let rooms = 0;
async function aRoom(): Promise<Made> {
  return (await call("POST", "/api/rooms", { title: "Before", room: `continue-${Date.now().toString(36)}-${++rooms}` })).json();
}

async function asked(method: "GET" | "POST", room: string, ticket: string | undefined): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = ticket === undefined ? {} : { Authorization: `Bearer ${ticket}` };
  return (await call(method, `/api/rooms/${room}/continue`, undefined, headers)).json();
}

describe("a successor's ticket, asked what it would do,", () => {
  it("says that it would take the audience over, what of, and changes nothing", async () => {
    const { room, successorTickets } = await aRoom();
    for (const ticket of [...successorTickets, ...successorTickets])
      expect(await asked("GET", room, ticket)).toEqual({ room, title: "Before", phase: "quiet", listeners: 0, taken: false });
  });

  it("says where the audience is once it is taken over: with this ticket, or with another", async () => {
    const { room, successorTickets } = await aRoom();
    const [first, second] = successorTickets;
    const { room: next } = await asked("POST", room, first);
    expect(next).not.toBe(room);
    expect(await asked("GET", room, first)).toMatchObject({ room: next, taken: true });
    for (const method of ["GET", "POST"] as const)
      expect(await asked(method, room, second)).toMatchObject({
        code: "room-moved",
        room: next,
        detail: expect.stringContaining(String(next)),
      });
  });

  it("says as taking over does why not, to everybody else", async () => {
    const [{ room, hostTicket }, other] = [await aRoom(), await aRoom()];
    const codes: unknown[] = [];
    for (const ticket of [undefined, hostTicket, other.successorTickets[0], "no.such.ticket"]) {
      const { code } = await asked("GET", room, ticket);
      expect((await asked("POST", room, ticket))["code"]).toBe(code);
      codes.push(code);
    }
    expect(codes).toEqual(["ticket-missing", "ticket-role-wrong", "ticket-for-another-room", "ticket-invalid"]);
    expect(await asked("GET", "no-such-room-here", other.successorTickets[0])).toMatchObject({ code: "room-unknown" });
  });

  it("says of a room that is over that there is nothing to take over", async () => {
    const { room, hostTicket, successorTickets } = await aRoom();
    expect((await call("POST", `/api/rooms/${room}/end`, {}, { Authorization: `Bearer ${hostTicket}` })).status).toBe(204);
    await expect.poll(async () => (await asked("GET", room, successorTickets[0]))["code"]).toBe("room-ended");
  });
});
