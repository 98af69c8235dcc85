import { describe, expect, it } from "vitest";
import { nextDueMs } from "../../../src/core/room/decide.ts";
import { handsAre, MOST_HANDS } from "../../../src/core/room/hands.ts";
import { MOST_QUESTIONS } from "../../../src/core/room/questions.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { isHeard, isHeardOnStage, mayCome } from "../../../src/core/room/stage.ts";
import { coHostsOf, hostOf, isMuted, newRoom } from "../../../src/core/room/state.ts";
import { mayTakeOver } from "../../../src/core/room/succession.ts";
import { stageStateOf } from "../../../src/core/wire/room-states.ts";
import { roomId } from "../../support/build.ts";
import { aStage, FIRST, HOST, LISTENER, Play, SECOND, SPEAKER, session } from "./people.ts";

const roleOf = ({ room }: Play, who = SPEAKER) => room.speakers.get(who)?.role;

describe("a listener who raises a hand", () => {
  it("waits behind those who asked before, and is told that it is up", () => {
    const play = aStage().raises(LISTENER).raises(session("cy-listener"));
    expect(play.room.hands.map((hand) => hand.session)).toEqual([LISTENER, "cy-listener"]);
    expect(play.effects).toContainEqual({ do: "whisper", to: "cy-listener", name: "cy-listener by name", hand: "raised" });
    expect(play.did).toContain("tell-hands");
  });

  it("is granted, comes up within a minute, and is off air until he says so", () => {
    const play = aStage().raises(LISTENER).asks(HOST, { type: "invite", session: LISTENER });
    expect(play.effects).toContainEqual({ do: "whisper", to: LISTENER, name: `${LISTENER} by name`, hand: "invited" });
    play.passes(59_000).comes(LISTENER);
    expect(roleOf(play, LISTENER)).toBe("speaker");
    expect(play.room.speakers.get(LISTENER)?.air).toBe("off");
    expect(play.room.hands).toEqual([]);
    play.asks(LISTENER, { type: "on-air" });
    expect(isHeard(play.room, LISTENER, play.room.speakers.get(LISTENER)?.connection ?? 0)).toBe(true);
  });

  it("and does not come, finds the door shut, and is told so", () => {
    const play = aStage().raises(LISTENER).asks(HOST, { type: "invite", session: LISTENER });
    play.now = nextDueMs(play.room) ?? 0;
    // The host's line went silent meanwhile, and nothing else.
    play.event({ type: "line-heard", session: HOST });
    play.now += 60_000;
    play.event({ type: "time" });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: LISTENER, hand: "none", code: "expired" }));
    expect(mayCome(play.room, LISTENER, "speaker", play.now)).toMatchObject({ code: "off-stage" });
    expect(roleOf(play.comes(LISTENER), LISTENER)).toBeUndefined();
  });

  it("is declined, and may raise it again", () => {
    const play = aStage().raises(LISTENER).asks(FIRST, { type: "decline", session: LISTENER });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", hand: "none", code: "declined" }));
    expect(play.raises(LISTENER).room.hands).toHaveLength(1);
  });

  it("is forgotten after ten minutes", () => {
    expect(aStage().raises(LISTENER).passes(600_000).room.hands).toEqual([]);
  });

  it("finds a full list of fifty, and everybody is told that it is full", () => {
    const play = aStage();
    for (let index = 0; index < MOST_HANDS; index++) play.raises(session(`listener-${index}`));
    expect(play.did).toContain("tell-room");
    expect(handsAre(play.room)).toBe("full");
    expect(play.raises(LISTENER).room.hands).toHaveLength(MOST_HANDS);
  });

  it("that goes up and down where the list was full is not news to everybody: hands are taken again when ten fewer wait", () => {
    const play = aStage();
    for (let index = 0; index < MOST_HANDS; index++) play.raises(session(`listener-${index}`));
    for (let index = 0; index < 9; index++) {
      expect(play.lowers(session(`listener-${index}`)).did).not.toContain("tell-room");
      expect(handsAre(play.room)).toBe("full");
    }
    expect(play.lowers(session("listener-9")).did).toContain("tell-room");
    expect(handsAre(play.room)).toBe("open");
    expect(handsAre(play.raises(LISTENER).room)).toBe("open");
  });

  it("whose page was loaded anew is asked up again", () => {
    const play = aStage().asks(HOST, { type: "invite", session: LISTENER }).raises(LISTENER);
    expect(play.effects).toEqual([{ do: "whisper", to: LISTENER, name: "Guest", hand: "invited" }]);
  });
});

describe("a stage", () => {
  it("takes no more than it may, those who were asked up among them", () => {
    const play = new Play(newRoom({ id: roomId("demo"), title: "Demo", chunkMs: 100, maxSpeakers: 2 })).comes(HOST, "host");
    play.asks(HOST, { type: "invite", session: LISTENER });
    expect(play.asks(HOST, { type: "invite", session: SPEAKER }).refused).toBe("stage-full");
  });

  it("that is locked takes nobody, and who was asked up is told", () => {
    const play = aStage().asks(HOST, { type: "invite", session: LISTENER }).asks(FIRST, { type: "lock-stage", locked: true });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: LISTENER, code: "stage-locked" }));
    expect(roleOf(play.comes(LISTENER), LISTENER)).toBeUndefined();
    expect(play.raises(LISTENER).room.hands).toEqual([]);
    expect(play.asks(HOST, { type: "invite", session: LISTENER }).refused).toBe("stage-locked");
    expect(handsAre(play.asks(HOST, { type: "lock-stage", locked: false }).room)).toBe("open");
  });

  it("keeps the place of a speaker who is away for five minutes, and a co-host's for good", () => {
    const play = aStage().leaves(SPEAKER).leaves(SECOND).passes(299_000);
    expect(roleOf(play)).toBe("speaker");
    play.passes(1_000);
    expect(roleOf(play)).toBeUndefined();
    expect(roleOf(play, SECOND)).toBe("co-host");
  });

  it("hears a sound check that the audience does not, and a room is not live by it", () => {
    const play = aStage().asks(SPEAKER, { type: "check" });
    const connection = play.room.speakers.get(SPEAKER)?.connection ?? 0;
    expect(isHeardOnStage(play.room, SPEAKER, connection)).toBe(true);
    expect(isHeard(play.room, SPEAKER, connection)).toBe(false);
    expect(play.room.phase).toBe("quiet");
  });
});

describe("a speaker who is sent back", () => {
  it("is told, loses his line, and needs a new invitation", () => {
    const play = aStage().asks(SECOND, { type: "demote", session: SPEAKER });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "close", ending: "off-stage" }));
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: SPEAKER, code: "demoted" }));
    expect(mayCome(play.room, SPEAKER, "speaker", play.now)).toMatchObject({ code: "off-stage" });
    expect(play.comes(SPEAKER).room.speakers.has(SPEAKER)).toBe(false);
    expect(roleOf(play.comesUp(SPEAKER))).toBe("speaker");
  });
});

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

describe("a queue of questions that is full", () => {
  it("lets the oldest go that nobody reads just now, so that nobody can close it for good", () => {
    const play = aStage();
    const ask = (index: number) =>
      play.event({ type: "question", id: `question-${index}`, session: session(`asker-number-${index}`), name: "Lis", text: "Why?" });
    for (let index = 0; index < MOST_QUESTIONS; index++) ask(index);
    play.asks(HOST, { type: "pin", question: "question-0" });
    ask(MOST_QUESTIONS);
    expect(play.room.questions).toHaveLength(MOST_QUESTIONS);
    expect(play.room.questions[0]?.id).toBe("question-0");
    expect(play.room.questions.at(-1)?.id).toBe(`question-${MOST_QUESTIONS}`);
    expect(play.room.questions.some(({ id }) => id === "question-1")).toBe(false);
  });
});

describe("somebody who is removed", () => {
  it("is out at once, wherever he is, and his ticket is dead", () => {
    const play = aStage().asks(FIRST, { type: "remove", session: SPEAKER });
    expect(play.did).toEqual(["save", "silence", "dismiss", "tell-stage", "tell-people", "tell-bans", "close"]);
    expect(mayCome(play.room, SPEAKER, "speaker", play.now)).toMatchObject({ code: "removed" });
    expect(play.asks(HOST, { type: "invite", session: SPEAKER }).refused).toBe("kept-out");
  });

  it("takes his hand and his questions with him", () => {
    const play = aStage().raises(LISTENER);
    play.event({ type: "question", id: "question-1", session: LISTENER, name: "Lis", text: "Why?" });
    play.asks(HOST, { type: "pin", question: "question-1" }).asks(HOST, { type: "remove", session: LISTENER });
    expect(play.room).toMatchObject({ hands: [], questions: [], pinned: undefined });
    expect(play.raises(LISTENER).room.hands).toEqual([]);
  });

  it("by his address too, is kept out by it once his leaf has told it, for a day", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: true });
    expect(play.effects).toContainEqual({ do: "dismiss", session: LISTENER, address: true });
    play.event({ type: "address", session: LISTENER, address: "a".repeat(22) });
    expect(play.room.keptOut).toMatchObject([{ session: LISTENER, byAddress: true, address: "a".repeat(22) }]);
    expect(play.did).toContain("tell-bans");
    play.passes(86_400_000);
    expect(play.did).toContain("forget-addresses");
    expect(play.room.keptOut).toMatchObject([{ session: LISTENER, banned: true, byAddress: false, address: undefined }]);
  });

  it("is not banned by what an older key made of his address: his leaf is asked", () => {
    const play = aStage();
    play.event({ type: "speaker-came", session: SPEAKER, name: "Sue", connection: 9, as: "speaker", address: "a".repeat(22) });
    play.event({ type: "key-is-old" });
    expect(play.did).toContain("forget-addresses");
    play.asks(HOST, { type: "ban", session: SPEAKER, address: true });
    expect(play.effects).toContainEqual({ do: "dismiss", session: SPEAKER, address: true });
    expect(play.event({ type: "key-is-old" }).effects).toEqual([]);
  });

  it("leaves no address behind when the room ends", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: true });
    play.event({ type: "address", session: LISTENER, address: "a".repeat(22) }).asks(HOST, { type: "end" });
    expect(JSON.stringify(play.room.keptOut)).not.toContain("aaa");
  });

  it("is let in again by a host", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: false }).asks(SECOND, { type: "unban", session: LISTENER });
    expect(play.room.keptOut).toEqual([]);
    expect(play.did).toContain("tell-bans");
  });

  it("is one of a thousand at the most", () => {
    const play = aStage();
    for (let index = 0; index < 1_000; index++) play.asks(HOST, { type: "remove", session: session(`listener-${index}`) });
    expect(play.asks(HOST, { type: "remove", session: LISTENER }).refused).toBe("kept-out-full");
  });
});

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

describe("a question", () => {
  const asked = (play: Play, id = "question-1") => play.event({ type: "question", id, session: LISTENER, name: "Lis", text: "Why?" });

  it("waits until it is answered, one of each listener at a time", () => {
    const play = asked(asked(aStage()), "question-2");
    expect(play.room.questions.map(({ id }) => id)).toEqual(["question-1"]);
    expect(asked(play.asks(FIRST, { type: "answer", question: "question-1" }), "question-2").room.questions).toHaveLength(1);
  });

  it("is shown to all, until another is, none, or it is answered", () => {
    const play = asked(aStage()).asks(FIRST, { type: "pin", question: "question-1" });
    expect(play.did).toContain("tell-pinned");
    expect(play.asks(HOST, { type: "answer", question: "question-1" }).room.pinned).toBeUndefined();
    expect(play.asks(HOST, { type: "pin", question: "question-1" }).refused).toBe("question-unknown");
  });
});

describe("who becomes a co-host", () => {
  it("is told what only hosts are told", () => {
    const play = aStage().asks(HOST, { type: "dismiss", session: SECOND }).asks(HOST, { type: "appoint", session: SPEAKER, rank: 2 });
    expect(play.did).toEqual(["save", "tell-stage", "tell-hands", "tell-questions", "tell-people", "tell-schedule", "new-ticket"]);
  });
});

describe("what a listener asked, told again to a room that began a new life", () => {
  const hand = { type: "hand", session: LISTENER, name: "Lou", raised: true, ask: "l-lou demo.weur.0.0.7" } as const;
  const question = { type: "question", id: "question-1", session: LISTENER, name: "Lou", text: "Why?", ask: "l-lou question-1" } as const;
  const reborn = ({ room }: Play) => new Play(parseRoom(formatRoom(room)));

  it("is not done again: a declined hand stays down, an answered question answered", () => {
    const before = new Play().comes(HOST, "host").event(hand).event(question);
    before.asks(HOST, { type: "decline", session: LISTENER }).asks(HOST, { type: "answer", question: "question-1" });
    const after = reborn(before).event(hand).event(question);
    expect(after.room.hands).toEqual([]);
    expect(after.room.questions).toEqual([]);
    expect(after.effects).toEqual([]);
  });

  it("is done where it is another ask, or came to nothing before", () => {
    const before = new Play().comes(HOST, "host").asks(HOST, { type: "lock-stage", locked: true }).event(hand);
    const after = reborn(before).asks(HOST, { type: "lock-stage", locked: false }).event(hand);
    expect(after.room.hands).toHaveLength(1);
    after.asks(HOST, { type: "decline", session: LISTENER }).event({ ...hand, ask: "l-lou demo.weur.0.0.8" });
    expect(after.room.hands).toHaveLength(1);
  });
});

describe("who stands by", () => {
  const told = (play: Play) => stageStateOf(play.room, { revision: 1, roomTime: 0 }).speakers.find(({ session: one }) => one === SPEAKER);

  it("says so himself, everybody reads it, and it outlives his line and the room's object", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "standby", on: true });
    expect(play.did).toEqual(["save", "tell-stage"]);
    expect(told(play)).toMatchObject({ state: "on-air", standby: true });
    play.leaves(SPEAKER).event({ type: "woke" }).comes(SPEAKER);
    expect(told(play)).toMatchObject({ standby: true });
    expect(told(play.asks(SPEAKER, { type: "standby", on: false }))).not.toHaveProperty("standby");
  });

  it("is told to have stepped in, which is no change that must be kept", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "standby", on: true });
    const voice = play.room.speakers.get(SPEAKER)?.voice ?? 0;
    expect(play.event({ type: "stepped-in", voices: [voice] }).did).toEqual(["tell-stage"]);
    expect(told(play)).toMatchObject({ steppedIn: true });
    expect(told(play.event({ type: "stepped-in", voices: [] }))).not.toHaveProperty("steppedIn");
  });

  it("is nobody in a room that was kept before anybody could", () => {
    const { steppedIn: _, ...older } = JSON.parse(formatRoom(aStage().room));
    for (const speaker of older.speakers) delete speaker.standsBy;
    const room = parseRoom(JSON.stringify(older));
    expect(room?.steppedIn).toEqual([]);
    expect([...(room?.speakers.values() ?? [])].every(({ standsBy }) => !standsBy)).toBe(true);
  });
});
