import { describe, expect, it } from "vitest";
import { nextDueMs } from "../../../src/core/room/decide.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { isClosed, opensAtOf, plantAt, type Schedule } from "../../../src/core/room/schedule.ts";
import { roomStateOf } from "../../../src/core/wire/room-states.ts";
import { aStage, FIRST, HOST, LISTENER, type Play, SPEAKER } from "./people.ts";

const HOUR = 3_600_000;
const evening: Schedule = { opensAt: 1_000_000 + HOUR, timeZone: "Europe/Berlin", speakers: ["Ana", "Bo"], expect: 20_000 };

function announced(of: Partial<Schedule> = {}): Play {
  return aStage().asks(HOST, { type: "schedule", schedule: { ...evening, ...of } });
}

describe("a room that is scheduled", () => {
  it("lets nobody on air before its doors open, and sound checks be made", () => {
    const play = announced();
    for (const who of [HOST, FIRST, SPEAKER]) expect(play.asks(who, { type: "on-air" }).refused).toBe("doors-closed");
    expect(play.asks(HOST, { type: "check" }).refused).toBeUndefined();
    expect(play.room.speakers.get(HOST)?.air).toBe("check");
    expect(play.room.phase).toBe("quiet");
  });

  it("opens at its second and not before, and once, however often and late it is told the time", () => {
    const play = announced();
    expect(nextDueMs({ ...play.room, speakers: new Map() })).toBe(evening.opensAt);
    expect(play.passes(HOUR - 1).did).not.toContain("opened");
    expect(isClosed(play.room)).toBe(true);
    expect(play.passes(1).did.filter((effect) => effect === "opened")).toHaveLength(1);
    expect(play.did).toEqual(expect.arrayContaining(["save", "tell-room", "tell-schedule"]));
    expect(play.passes(0).did).not.toContain("opened");
    expect(play.passes(HOUR).did).not.toContain("opened");
    expect(play.asks(HOST, { type: "on-air" }).refused).toBeUndefined();
  });

  it("opens by whatever happens first after its time, if nobody told it the time", () => {
    const play = announced();
    play.now += 2 * HOUR;
    expect(play.asks(HOST, { type: "on-air" }).did).toEqual(expect.arrayContaining(["opened", "start-clock"]));
    expect(play.refused).toBeUndefined();
  });

  it("does not open again after a restart, and does if that came before", () => {
    const kept = (play: Play) => parseRoom(formatRoom(play.room));
    const before = announced();
    before.room = kept(before) ?? before.room;
    expect(before.event({ type: "woke" }).did).not.toContain("opened");
    expect(before.event({ type: "sure" }).passes(HOUR).did).toContain("opened");
    before.room = kept(before) ?? before.room;
    expect(before.event({ type: "woke" }).event({ type: "sure" }).passes(1).did).not.toContain("opened");
  });

  it("opens by no time that passes while it does not know whether its audience is another's, and at once when it knows", () => {
    const own = announced().event({ type: "woke" });
    own.now += HOUR;
    expect(nextDueMs({ ...own.room, speakers: new Map() })).toBeUndefined();
    for (const event of [{ type: "time" }, { type: "line-heard", session: HOST }] as const)
      expect(own.event(event).did).not.toContain("opened");
    expect(own.asks(HOST, { type: "on-air" }).did).not.toContain("opened");
    expect(own.event({ type: "sure" }).did).toContain("opened");
    const lost = announced().event({ type: "woke" });
    lost.now += HOUR;
    expect(lost.event({ type: "claim-refused" }).did).not.toContain("opened");
    expect(lost.event({ type: "sure" }).did).not.toContain("opened");
  });

  it("is opened before its time by who runs the room, and by nobody else", () => {
    const play = announced();
    expect(play.asks(SPEAKER, { type: "open-doors" }).refused).toBe("hosts-only");
    expect(play.asks(LISTENER, { type: "open-doors" }).refused).toBe("hosts-only");
    expect(play.asks(FIRST, { type: "open-doors" }).did).toContain("opened");
    expect(play.asks(HOST, { type: "open-doors" }).refused).toBe("doors-open");
    expect(play.passes(2 * HOUR).did).not.toContain("opened");
  });

  it("can be put off, called off, and announced anew once it is quiet again", () => {
    const play = announced();
    play.asks(HOST, { type: "schedule", schedule: { ...evening, opensAt: evening.opensAt + HOUR } });
    expect(play.passes(HOUR).did).not.toContain("opened");
    expect(play.passes(HOUR).did).toContain("opened");
    play.asks(HOST, { type: "on-air" });
    expect(play.asks(HOST, { type: "schedule", schedule: { ...evening, opensAt: play.now + HOUR } }).refused).toBe("live-already");
    play.asks(HOST, { type: "off-air" }).event({ type: "nobody-on-air-for-long" });
    expect(play.asks(HOST, { type: "schedule", schedule: { ...evening, opensAt: play.now + HOUR } }).refused).toBeUndefined();
    expect(isClosed(play.room)).toBe(true);
    expect(play.asks(HOST, { type: "schedule" }).refused).toBeUndefined();
    expect(play.room.doors).toBeUndefined();
    expect(play.asks(HOST, { type: "schedule" }).refused).toBe("not-scheduled");
    expect(play.asks(HOST, { type: "on-air" }).refused).toBeUndefined();
  });

  it("is not announced for a time that has passed, or for one that nobody lives to see", () => {
    expect(announced({ opensAt: 1_000_000 }).refused).toBe("opens-too-soon");
    expect(announced({ opensAt: 1_000_000 + 400 * 24 * HOUR }).refused).toBe("opens-too-late");
    expect(announced({ opensAt: 1_000_000 + 366 * 24 * HOUR }).refused).toBeUndefined();
  });

  it("opens nothing any more once another room has its audience", () => {
    const play = announced().event({ type: "claim-refused" });
    expect(play.passes(2 * HOUR).did).not.toContain("opened");
  });

  it("says when it opens until it has, and has its tree planted ten minutes before", () => {
    const play = announced();
    const told = () => roomStateOf(play.room, 1, { revision: 1, roomTime: 0 });
    expect(told().opensAt).toBe(evening.opensAt);
    expect(plantAt(play.room)).toBe(evening.opensAt - 600_000);
    expect(plantAt(announced({ expect: 0 }).room)).toBeUndefined();
    play.passes(HOUR);
    expect(opensAtOf(play.room)).toBeUndefined();
    expect(told()).not.toHaveProperty("opensAt");
    expect(plantAt(play.room)).toBeUndefined();
  });

  it("gives who runs it tickets that outlive the evening", () => {
    expect(
      announced()
        .effects.filter((effect) => effect.do === "new-ticket")
        .map((effect) => effect.to),
    ).toContain(HOST);
  });
});
