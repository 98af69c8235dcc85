import { describe, expect, it } from "vitest";
import { isMuted } from "../../../src/core/room/state.ts";
import { aStage, FIRST, HOST, Play, SECOND, SPEAKER } from "./people.ts";

describe("a microphone that a host has closed", () => {
  const heldBy = (lock: boolean) => aStage().asks(FIRST, { type: "mute", session: SPEAKER, muted: true, lock });
  const isClosed = ({ room }: Play) => [...room.speakers.values()].some((speaker) => speaker.session === SPEAKER && isMuted(speaker));

  it("is opened by its owner, unless it is locked", () => {
    expect(isClosed(heldBy(false))).toBe(true);
    expect(isClosed(heldBy(false).asks(SPEAKER, { type: "mute", muted: false }))).toBe(false);
    const locked = heldBy(true).asks(SPEAKER, { type: "mute", muted: false });
    expect(locked.refused).toBe("mute-locked");
    expect(isClosed(locked)).toBe(true);
    expect(isClosed(locked.asks(SECOND, { type: "mute", session: SPEAKER, muted: false }))).toBe(false);
  });

  it("is not opened by what a page repeats by itself, when its line comes back or a click was lost", () => {
    const play = heldBy(false).asks(SPEAKER, { type: "mute", muted: false, again: true });
    expect(isClosed(play)).toBe(true);
    expect(isClosed(play.asks(SPEAKER, { type: "mute", muted: false }))).toBe(false);
  });

  it("stays locked over a reload of its owner's page", () => {
    const play = heldBy(true).comes(SPEAKER).asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "mute", muted: false });
    expect(isClosed(play)).toBe(true);
  });

  it("is not opened by a host if its owner has closed it too", () => {
    const play = heldBy(true).asks(SPEAKER, { type: "mute", muted: true }).asks(HOST, { type: "mute", session: SPEAKER, muted: false });
    expect(isClosed(play)).toBe(true);
  });

  it("with all others, leaves who is above the one who closed them", () => {
    const play = aStage().asks(FIRST, { type: "mute-all", lock: true });
    const closed = [...play.room.speakers.values()].filter(isMuted).map((speaker) => speaker.session);
    expect(closed).toEqual([SECOND, SPEAKER]);
  });
});

describe("a host who was lost with the memory of his room's object, and asks by HTTP before his line is back", () => {
  it("mutes everybody who is there", () => {
    const speakers = new Map([...aStage().room.speakers].filter(([session]) => session !== HOST));
    const play = new Play({ ...aStage().room, speakers }).asks(HOST, { type: "mute-all", lock: false }, "host");
    expect([...play.room.speakers.values()].every(isMuted)).toBe(true);
  });
});
