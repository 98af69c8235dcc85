import { describe, expect, it } from "vitest";
import { meInProtocols, offersProtocol, parseClaims, ticketInProtocols } from "../../../src/core/wire/ticket.ts";

const ME = "AbCdEfGhIjKlMnOpQrSt_-";

describe("what a client offers as subprotocols", () => {
  it("is a name to echo, who it is, and its ticket, in any order", () => {
    const offered = `me.${ME},ticket.a.b.c , canopy.v1`;
    expect([offersProtocol(offered), meInProtocols(offered), ticketInProtocols(offered)]).toEqual([true, ME, "a.b.c"]);
  });

  it("is nothing where there is none, or none of ours", () => {
    for (const offered of [null, "", "chat", "canopy.v2, me., ticket"]) {
      expect([offersProtocol(offered), meInProtocols(offered), ticketInProtocols(offered)]).toEqual([false, undefined, undefined]);
    }
  });

  it.each(["short", `${ME}x`, "AbCdEfGhIjKlMnOpQrSt=+", ""])("is nobody's id if it is %j", (id) => {
    expect(meInProtocols(`canopy.v1, me.${id}`)).toBeUndefined();
  });
});

describe("a ticket's claims", () => {
  it("say whose it is and what it opens; what says less, or more than there is, is no ticket", () => {
    const claims = { aud: "demo", sub: "listener-1", role: "listener", name: "Ana" };
    expect(parseClaims(claims)).toEqual({ room: "demo", session: "listener-1", role: "listener", name: "Ana", rank: 0 });
    for (const wrong of [{ role: "king" }, { sub: "x" }, { aud: ["demo"] }, { name: 7 }])
      expect(parseClaims({ ...claims, ...wrong })).toBeUndefined();
  });
});
