import { describe, expect, it } from "vitest";
import { coHostsOf, hostOf } from "../../../src/core/room/state.ts";
import { mayTakeOver } from "../../../src/core/room/succession.ts";
import { aStage, FIRST, HOST, type Play, SECOND, SPEAKER } from "./people.ts";

const roleOf = ({ room }: Play, who = SPEAKER) => room.speakers.get(who)?.role;

describe("a host who is silent", () => {
  it("is missed by everybody after 5 s, and gone after 30 s; the first co-host may take over, then the second too", () => {
    const play = aStage().passes(4_999);
    expect(play.room.host.presence).toBe("here");
    play.passes(1);
    expect(play.room.host.presence).toBe("silent");
    expect(play.did).toEqual(["save", "tell-room"]);
    expect(play.asks(FIRST, { type: "take-over" }).refused).toBe("host-is-here");
    play.passes(25_000);
    expect(play.room.host.presence).toBe("gone");
    expect(play.did).toEqual(["save", "tell-room", "tell-people"]);
    expect(mayTakeOver(play.room)).toEqual([FIRST]);
    expect(play.asks(SECOND, { type: "take-over" }).refused).toBe("not-your-turn");
    play.passes(15_000);
    expect(mayTakeOver(play.room)).toEqual([FIRST, SECOND]);
  });

  it("is replaced by the second where the first is not here", () => {
    const play = aStage().leaves(FIRST).passes(30_000);
    expect(mayTakeOver(play.room)).toEqual([SECOND]);
    play.asks(SECOND, { type: "take-over" });
    expect(hostOf(play.room)?.session).toBe(SECOND);
    expect(coHostsOf(play.room).map(({ session, rank }) => [session, rank])).toEqual([
      [HOST, 1],
      [FIRST, 2],
    ]);
    expect(play.effects.flatMap((effect) => (effect.do === "new-ticket" ? [[effect.to, effect.role]] : []))).toEqual([
      [SECOND, "host"],
      [HOST, "co-host"],
    ]);
  });

  it("finds a co-host's place when he comes back with his old ticket", () => {
    const play = aStage().leaves(HOST).passes(30_000).asks(FIRST, { type: "take-over" }).comes(HOST, "host");
    expect(roleOf(play, HOST)).toBe("co-host");
    expect(roleOf(play, FIRST)).toBe("host");
    expect(play.room.host.presence).toBe("here");
  });

  it("and comes back in time is here again, and nobody takes over", () => {
    const play = aStage().leaves(HOST).passes(31_000).comes(HOST, "host");
    expect(play.did).toContain("tell-people");
    expect(mayTakeOver(play.room)).toEqual([]);
    expect(play.asks(FIRST, { type: "take-over" }).refused).toBe("host-is-here");
  });

  it("whose line says something once in a while is here, though no time has passed for the clock's owner", () => {
    const play = aStage().passes(4_000).event({ type: "line-heard", session: HOST }).passes(4_000);
    expect(play.room.host.presence).toBe("here");
    expect(play.did).toEqual([]);
  });

  it("is given the time to come back after the room's object was started again", () => {
    const play = aStage();
    play.now += 3_600_000;
    play.event({ type: "woke" });
    expect(play.room.host.presence).toBe("here");
    expect(play.passes(5_000).room.host.presence).toBe("silent");
  });
});

describe("a host who hands the room on", () => {
  it("becomes the first co-host, and the one before him the second", () => {
    const play = aStage().asks(HOST, { type: "dismiss", session: SECOND }).asks(HOST, { type: "transfer", session: SPEAKER });
    expect(hostOf(play.room)?.session).toBe(SPEAKER);
    expect(coHostsOf(play.room).map(({ session }) => session)).toEqual([HOST, FIRST]);
  });

  it("does so to who is here alone", () => {
    expect(aStage().leaves(FIRST).asks(HOST, { type: "transfer", session: FIRST }).refused).toBe("not-here");
  });

  it("gives two co-hosts each other's rank", () => {
    const play = aStage().asks(HOST, { type: "appoint", session: SECOND, rank: 1 });
    expect(coHostsOf(play.room).map(({ session }) => session)).toEqual([SECOND, FIRST]);
  });

  it("may be gone: a co-host fills a free place beside him, and hands the room on once he may take it over", () => {
    const play = aStage().asks(HOST, { type: "dismiss", session: SECOND }).leaves(HOST).passes(30_000);
    expect(play.asks(FIRST, { type: "appoint", session: SPEAKER, rank: 2 }).refused).toBeUndefined();
    expect(play.asks(FIRST, { type: "transfer", session: SPEAKER }).refused).toBeUndefined();
    expect(hostOf(play.room)?.session).toBe(SPEAKER);
  });
});

describe("who becomes a co-host", () => {
  it("is told what only hosts are told", () => {
    const play = aStage().asks(HOST, { type: "dismiss", session: SECOND }).asks(HOST, { type: "appoint", session: SPEAKER, rank: 2 });
    expect(play.did).toEqual(["save", "tell-stage", "tell-hands", "tell-questions", "tell-people", "tell-schedule", "new-ticket"]);
  });
});
