import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { Heard } from "../../../../src/core/tree/archive/heard-people.ts";
import { Recorded } from "../../../../src/core/tree/archive/recorded.ts";
import { SEGMENT_KEEP_MS } from "../../../../src/core/tree/archive/shelf.ts";
import { formatFlow } from "../../../../src/core/tree/down/link.ts";
import { keptIn } from "../../../support/archive-house.ts";
import { DAY_MS, Evening } from "../../../support/recorded-evening.ts";

const STEPS = ["say", "say", "say much", "on", "off", "goes", "comes", "dies", "stops", "fails", "mends", "second"] as const;

describe("what is kept of a room", () => {
  it("is exactly what was said while it was on, each chunk once, in order, whatever links and storage do", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 80, size: "max" }), (steps) => {
        const evening = new Evening();
        const { house } = evening;
        for (const step of steps) {
          if (step === "say") evening.says(3);
          else if (step === "say much") evening.says(45);
          else if (step === "on" || step === "off") evening.turn(step === "on");
          else if (step === "goes") evening.goes();
          else if (step === "comes" && evening.link === undefined) evening.comes();
          else if (step === "stops" && evening.link !== undefined) house.read(evening.link, formatFlow(false));
          else if (step === "fails") house.fails = true;
          else if (step === "mends") house.fails = false;
          else if (step === "second") house.pass(1_000);
          else if (step === "dies") evening.archiveDies();
        }
        house.fails = false;
        if (evening.link === undefined) evening.comes();
        evening.ends();
        house.pass(130_000);
        expect(keptIn(house)).toEqual(evening.said);
        if (evening.said.length > 0) expect(house.node.kept?.recording.gaps).toEqual([]);
        else expect(house.erased).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("stays after the room's end for as long as its hosts said, and is then gone with the archive itself", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.says(45);
    evening.turn(true);
    evening.says(45);
    evening.ends();
    const endedAt = house.now;
    expect(house.erased).toBe(false);
    expect(house.node.kept).toMatchObject({ ended: true, keptUntil: endedAt + 7 * DAY_MS });
    // What was not kept is gone at once.
    expect([...house.stored.values()].every(({ take }) => take === 1)).toBe(true);
    house.pass(SEGMENT_KEEP_MS + 11_000);
    expect(house.node.wakesAt(house.now)).toBe(endedAt + 7 * DAY_MS);
    house.wake();
    expect(keptIn(house)).toEqual(evening.said);
    house.now = (endedAt + 7 * DAY_MS) as typeof house.now;
    house.do(house.node.tidy(house.now));
    expect(house.erased).toBe(true);
    expect(house.node.kept).toBeUndefined();
    expect(house.node.wakesAt(house.now)).toBeUndefined();
  });

  it("begins where it was switched on, in the midst of a segment, also for a later life of the archive", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.state("stage", { speakers: [{ voice: 1, session: "speaker-ada-1", name: "Ada" }] });
    evening.says(5);
    evening.turn(true);
    evening.says(40);
    evening.turn(false);
    evening.says(45);
    evening.turn(true);
    evening.says(30);
    evening.ends();
    for (let lives = 0; lives < 2; lives++) {
      expect(house.node.kept?.recording).toMatchObject({
        runs: [
          { epoch: 1, first: 1, last: 2, lead: 1_500 },
          { epoch: 1, first: 5, last: 5, lead: 1_000 },
        ],
        spells: [{ track: 1, fromMs: 0, toMs: 10_000 }],
      });
      expect(keptIn(house)).toEqual(evening.said);
      house.wake();
    }
  });

  it("goes on as one where the room begins anew, with the gap listed", () => {
    const evening = new Evening();
    evening.turn(true);
    evening.says(30);
    evening.anew();
    evening.says(30);
    evening.ends();
    expect(keptIn(evening.house)).toEqual(evening.said);
    expect(evening.house.node.kept?.recording.gaps).toEqual([{ from: { epoch: 1, sequence: 30 }, to: { epoch: 2, sequence: 1 } }]);
  });

  it("is asked for its end once a day, where nobody could tell that the room is over", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(30);
    house.read(evening.link ?? "", formatFlow(false));
    house.pass(SEGMENT_KEEP_MS + 1_000);
    expect(house.node.wakesAt(house.now)).toBe(house.now + DAY_MS);
    house.wake();
    const before = house.doubts;
    house.do(house.node.tidy(house.now));
    expect(house.doubts).toBe(before + 1);
    house.do(house.node.over(house.now));
    expect(house.node.kept).toMatchObject({ ended: true, keptUntil: house.now + 7 * DAY_MS });
    expect(keptIn(house)).toEqual(evening.said);
  });
});

describe("who is heard", () => {
  const ada = { voice: 1, session: "speaker-ada-1", name: "Ada" };
  const bo = { voice: 2, session: "speaker-bo-22", name: "Bo" };

  it("has a track in the order of speaking, spells of two seconds, and the name he bore last", () => {
    const evening = new Evening();
    evening.state("stage", { speakers: [ada, bo] });
    evening.says(20, [1]);
    evening.turn(true);
    evening.says(20, [2]);
    evening.says(40, [1, 2]);
    evening.says(20, []);
    evening.state("stage", { speakers: [{ ...ada, name: "Ada L." }, bo] });
    evening.says(20, [1]);
    evening.ends();
    const { people, spells } = evening.house.node.kept?.recording ?? { people: [], spells: [] };
    expect(people).toEqual([
      { track: 1, session: bo.session, name: "Bo", voices: [{ epoch: 1, voice: 2 }] },
      { track: 2, session: ada.session, name: "Ada L.", voices: [{ epoch: 1, voice: 1 }] },
    ]);
    expect(spells).toEqual([
      { track: 1, fromMs: 0, toMs: 6_000 },
      { track: 2, fromMs: 2_000, toMs: 6_000 },
      { track: 2, fromMs: 8_000, toMs: 10_000 },
    ]);
  });

  it("keeps his track in a new epoch and through a restart of the archive; who only stood there is nowhere", () => {
    const evening = new Evening();
    evening.turn(true);
    evening.state("stage", { speakers: [ada, bo] });
    evening.says(30, [1]);
    evening.anew();
    evening.state("stage", { speakers: [{ ...ada, voice: 9 }, bo] });
    evening.house.wake([{ link: evening.link ?? "", parent: "demo" }]);
    evening.says(20, [9]);
    evening.ends();
    expect(evening.house.node.kept?.recording.people).toEqual([
      {
        track: 1,
        session: ada.session,
        name: "Ada",
        voices: [
          { epoch: 1, voice: 1 },
          { epoch: 2, voice: 9 },
        ],
      },
    ]);
  });
});

describe("six hours", () => {
  it("are one run and some spells, and whoever asks for a segment of them is answered without looking through them", () => {
    const recorded = new Recorded();
    for (let index = 0; index < 10_800; index++) {
      const at = (sequence: number) => ({ epoch: 1, sequence: index * 20 + sequence });
      const facts = { epoch: 1, index, first: at(1), last: at(20), missing: [], closedAt: localTime(index * 2_000) };
      recorded.add({ ...facts, take: 1, voices: index % 600 < 300 ? [1] : [1, 2] });
    }
    const heard = new Heard();
    heard.told(1, JSON.stringify({ speakers: [{ voice: 1, session: "speaker-ada-1", name: "Ada" }] }));
    heard.sounded(1, [1]);
    const { runs, spells, gaps } = recorded.recording(heard, false);
    expect([runs, gaps]).toEqual([[{ epoch: 1, first: 0, last: 10_799 }], []]);
    expect(spells).toEqual([{ track: 1, fromMs: 0, toMs: 6 * 3_600_000 }]);
    expect([0, 5_000, 10_799, 10_800].map((index) => recorded.has({ epoch: 1, index }))).toEqual([true, true, true, false]);
    expect(JSON.stringify(recorded.recording(heard, false)).length).toBeLessThan(1_000);
  });
});
