import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, nextDueMs } from "../../../src/core/room/decide.ts";
import { INVITATION_MS, MOST_HANDS } from "../../../src/core/room/hands.ts";
import { MOST_QUESTIONS } from "../../../src/core/room/questions.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { isClosed } from "../../../src/core/room/schedule.ts";
import { mayCome } from "../../../src/core/room/stage.ts";
import { coHostsOf, isKeptOut, newRoom, type Room, type RoomEvent } from "../../../src/core/room/state.ts";
import { DEEDS, type Deed } from "../../../src/core/room/verbs.ts";
import { stageSaysOf } from "../../../src/core/wire/stage-says.ts";
import { zones } from "../../../src/objects/room/zones.ts";
import { roomId } from "../../support/build.ts";
import { session } from "./people.ts";

const EVERYBODY = Array.from({ length: 9 }, (_, index) => session(`person-${index}`));
const who = fc.constantFrom(...EVERYBODY);
const role = fc.constantFrom("host" as const, "co-host" as const, "speaker" as const, "listener" as const);
const connection = fc.integer({ min: 1, max: 12 });
const question = fc.constantFrom("question-1", "question-2", "question-3");

/** Any deed, as it comes through the door. */
const deed: fc.Arbitrary<Deed> = fc
  .record({
    type: fc.constantFrom(...Object.keys(DEEDS)),
    session: who,
    muted: fc.boolean(),
    on: fc.boolean(),
    lock: fc.boolean(),
    locked: fc.boolean(),
    title: fc.constant("Title"),
    name: fc.constant("Name"),
    rank: fc.constantFrom(1, 2),
    address: fc.boolean(),
    keepDays: fc.constantFrom(1, 30),
    question,
    id: fc.constant("line-1"),
    text: fc.constant("Words"),
    opensAt: fc.constantFrom("1970-01-01T00:17:00Z", "1970-01-01T02:00:00Z", "1970-01-03T00:00:00+01:00"),
    timeZone: fc.constantFrom("Europe/Berlin", "America/New_York"),
    cancel: fc.boolean(),
  })
  .map((fields) => stageSaysOf(fields, zones))
  .filter((said): said is Deed => said !== undefined && said.type !== "ping" && said.type !== "end");

const event: fc.Arbitrary<RoomEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("asked" as const), by: who, as: role, deed }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant("speaker-came" as const), session: who, name: fc.constant("Name"), connection, as: role }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("speaker-left" as const), session: who, connection }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("hand" as const), session: who, name: fc.constant("Name"), raised: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("question" as const),
      id: question,
      session: who,
      name: fc.constant("Name"),
      text: fc.string(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("address" as const), session: who, address: fc.constant("x".repeat(22)) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("line-heard" as const), session: who }) },
  { weight: 2, arbitrary: fc.constant({ type: "time" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("stepped-in" as const), voices: fc.uniqueArray(fc.integer({ min: 1, max: 9 })) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { type: "woke" as const },
      { type: "sure" as const },
      { type: "nobody-on-air-for-long" as const },
      { type: "claim-refused" as const },
    ),
  },
);

/** Events with the time that passes before each, in ms: from moments to a day. */
const history = fc.array(fc.tuple(fc.constantFrom(0, 1, 100, 5_000, 30_000, 60_000, 86_400_000), event), { maxLength: 60, size: "max" });

function empty(maxSpeakers = 5): Room {
  return newRoom({ id: roomId("demo"), title: "Demo", chunkMs: 100, maxSpeakers });
}

/** Plays a history, with the host's coming before it, and looks at every step. */
function play(
  steps: readonly (readonly [number, RoomEvent])[],
  look: (before: Room, event: RoomEvent, after: Room, now: number) => void,
): Room {
  let [room, now] = [empty(), 1_000_000];
  const first: RoomEvent = { type: "speaker-came", session: session("person-0"), name: "Host", connection: 1, as: "host" };
  for (const [ms, happened] of [[0, first] as const, ...steps]) {
    now += ms;
    const next = decide(room, happened, now).room;
    look(room, happened, next, now);
    room = next;
  }
  return room;
}

const runs = { numRuns: 400 };

describe("whatever happens in a room", () => {
  it("it has one host, at most two co-hosts of different ranks, and never more on stage than it may", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (_, __, room) => {
          const speakers = [...room.speakers.values()];
          expect(speakers.filter((speaker) => speaker.role === "host")).toHaveLength(1);
          expect(new Set(coHostsOf(room).map(({ rank }) => rank)).size).toBe(coHostsOf(room).length);
          expect(speakers.every((speaker) => (speaker.rank !== undefined) === (speaker.role === "co-host"))).toBe(true);
          expect(speakers.length).toBeLessThanOrEqual(room.maxSpeakers);
          expect(new Set(speakers.map(({ voice }) => voice)).size).toBe(speakers.length);
        });
      }),
      runs,
    );
  });

  it("who was removed never comes back, and is in no list any more, until a host lets him in", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (_, __, room) => {
          for (const { session: out } of room.keptOut) {
            expect(room.speakers.has(out)).toBe(false);
            expect([...room.hands, ...room.invited, ...room.questions].some((one) => one.session === out)).toBe(false);
            expect(mayCome(room, out, "host", 0)).not.toBe(true);
          }
        });
      }),
      runs,
    );
  });

  it("nobody but who runs the room opens a locked microphone, and nobody but its owner one that he closed", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (before, happened, after) => {
          for (const speaker of before.speakers.values()) {
            const next = after.speakers.get(speaker.session);
            if (next === undefined) continue;
            const isOwn = happened.type === "asked" && happened.by === speaker.session;
            if (speaker.muted && !next.muted) expect(isOwn, "his own microphone").toBe(true);
            if (speaker.held === "locked" && next.held !== "locked" && next.role !== "host")
              expect(isOwn, "a locked microphone").toBe(false);
            if (speaker.standsBy !== next.standsBy) expect(isOwn, "standing by").toBe(true);
            if (speaker.air === "off" && next.air !== "off") expect(isOwn, "on air").toBe(true);
          }
        });
      }),
      runs,
    );
  });

  it("who comes up was asked up less than a minute ago, or had his place before", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (before, happened, after, now) => {
          for (const { session: one, role } of after.speakers.values()) {
            if (before.speakers.has(one) || role === "host") continue;
            const invitation = before.invited.find((invited) => invited.session === one);
            expect(invitation).toBeDefined();
            expect(now - (invitation?.until ?? 0)).toBeLessThanOrEqual(INVITATION_MS);
            expect(happened.type).toBe("speaker-came");
          }
        });
      }),
      runs,
    );
  });

  it("nobody goes on air while the doors are closed, and they open once for each time that was announced", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const opened = new Set<string>();
        play(steps, (before, happened, after, now) => {
          if (isClosed(after)) expect([...after.speakers.values()].some(({ air }) => air === "on")).toBe(false);
          const { effects } = decide(before, happened, now);
          for (const effect of effects.filter((one) => one.do === "opened")) {
            const which = JSON.stringify([after.doors?.changedAt, after.doors?.opensAt, effect.do]);
            expect(opened.has(which)).toBe(false);
            opened.add(which);
          }
          if (isClosed(before) && !isClosed(after) && after.doors !== undefined)
            expect(effects.some((one) => one.do === "opened")).toBe(true);
        });
      }),
      runs,
    );
  });

  it("time alone opens no doors of a room that woke and does not know yet whether its audience is its own", () => {
    const schedule = { opensAt: 1_020_000, timeZone: "Europe/Berlin", speakers: [] };
    const asleep: readonly (readonly [number, RoomEvent])[] = [
      [0, { type: "asked", by: session("person-0"), as: "host", deed: { type: "schedule", schedule } }],
      [0, { type: "woke" }],
    ];
    fc.assert(
      fc.property(history, (steps) => {
        play([...asleep, ...steps], (before, happened, after, now) => {
          if (happened.type === "woke") expect(after.unsure).toBe(true);
          if (happened.type === "sure") expect(after.unsure).toBeUndefined();
          const isByHand = happened.type === "asked" && happened.deed.type === "open-doors";
          if (before.unsure !== true || happened.type === "sure" || isByHand) return;
          expect(after.unsure).toBe(true);
          expect(decide(before, happened, now).effects.map((effect) => effect.do)).not.toContain("opened");
        });
      }),
      runs,
    );
  });

  it("no list outgrows its bound, and nobody waits twice", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (_, __, { hands, invited, questions, speakers, maxSpeakers }) => {
          expect(hands.length).toBeLessThanOrEqual(MOST_HANDS);
          expect(questions.length).toBeLessThanOrEqual(MOST_QUESTIONS);
          expect(invited.length).toBeLessThanOrEqual(maxSpeakers);
          const waiting = [...hands, ...invited].map((one) => one.session);
          expect(new Set(waiting).size).toBe(waiting.length);
          expect(waiting.some((one) => speakers.has(one))).toBe(false);
        });
      }),
      runs,
    );
  });

  it("a restart at any moment changes nothing", () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (_, __, room) => expect(parseRoom(formatRoom(room))).toEqual(room));
      }),
      runs,
    );
  });

  it("time that is due changes something, and then something else is due", () => {
    fc.assert(
      fc.property(history, (steps) => {
        let room = play(steps, () => undefined);
        for (let due = nextDueMs(room), turns = 0; due !== undefined; due = nextDueMs(room), turns++) {
          const next = decide(room, { type: "time" }, due).room;
          expect(next).not.toEqual(room);
          expect(turns).toBeLessThan(100);
          room = next;
        }
      }),
      runs,
    );
  });

  it("who was refused has changed nothing", () => {
    fc.assert(
      fc.property(history, event, (steps, last) => {
        const room = play(steps, () => undefined);
        const later = 9_000_000_000_000;
        const { room: after, effects } = decide(room, last, later);
        if (effects.some((effect) => effect.do === "refuse")) expect(after).toEqual(decide(room, { type: "time" }, later).room);
      }),
      runs,
    );
  });
});

describe("what was kept of a room", () => {
  it("is read as it was written, or not at all", () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (steps, at, code) => {
        const text = formatRoom(play(steps, () => undefined));
        const place = at % text.length;
        const spoilt = text.slice(0, place) + String.fromCharCode(32 + (code % 90)) + text.slice(place + 1);
        expect(() => parseRoom(spoilt)).not.toThrow();
      }),
      runs,
    );
    expect(parseRoom("{}")).toBeUndefined();
    expect(parseRoom(formatRoom(empty()).replace('"version":1', '"version":2'))).toBeUndefined();
    expect(isKeptOut(empty(), session("person-1"))).toBe(false);
  });
});
