import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { Heard } from "../../../../src/core/tree/archive/heard-people.ts";
import { Recorded } from "../../../../src/core/tree/archive/recorded.ts";
import { SEGMENT_KEEP_MS, SPOOL_BYTES } from "../../../../src/core/tree/archive/shelf.ts";
import { type Switch, switched } from "../../../../src/core/tree/archive/switches.ts";
import { END_TEXT, formatFlow } from "../../../../src/core/tree/down/link.ts";
import { House, keptIn } from "../../../support/archive-house.ts";
import { aBlock, aChunk } from "../../../support/build.ts";

const DAY_MS = 86_400_000;

/** A room that tells its archive of sound and of switches, as its root does. */
class Evening {
  readonly house = new House();
  /** `epoch.sequence` of what was said while it was on. */
  readonly said: string[] = [];
  /** What this epoch's root can replay. */
  ring: Uint8Array[] = [];
  link: string | undefined;
  on = false;
  epoch = 1;
  sequence = 0;
  #switches: readonly Switch[] = [];
  #revision = 10;
  #links = 0;

  constructor() {
    this.tell();
    this.comes();
  }

  comes(): void {
    this.link = `root-${++this.#links}`;
    if (this.#links === 1) this.house.live(this.link, this.epoch);
    else this.house.linked(this.link, this.epoch, this.#missed());
  }

  /** What came after the last chunk that the archive says it has. */
  #missed(): Uint8Array {
    const from = this.house.node.question(this.house.asks.at(-1) ?? 0)?.from;
    const heard = from?.epoch === this.epoch ? from.sequence : 0;
    return Uint8Array.from(this.ring.slice(heard).flatMap((one) => [...one]));
  }

  /** The archive's object dies, and its links with it. */
  archiveDies(): void {
    this.link = undefined;
    this.house.wake();
  }

  goes(): void {
    const lost = this.link;
    this.link = undefined;
    if (lost !== undefined) this.house.do(this.house.node.lost(lost, this.house.now, 0));
  }

  turn(on: boolean): void {
    this.on = on;
    this.tell();
  }

  tell(keepMs = 7 * DAY_MS): void {
    const after = { epoch: this.epoch, sequence: this.sequence };
    this.#switches = switched(this.#switches, { on: this.on, after, atMs: this.sequence * 100 });
    this.house.tell(
      this.link,
      JSON.stringify({ type: "recording", for: "nodes", revision: ++this.#revision, roomTime: 0, keepMs, switches: this.#switches }),
    );
  }

  state(type: string, fields: object): void {
    this.house.tell(this.link, JSON.stringify({ type, for: "all", revision: ++this.#revision, roomTime: this.sequence * 100, ...fields }));
  }

  /** @param voices who sounds */
  says(chunks: number, voices: readonly number[] = [1], bytes = 3): void {
    const blocks = voices.map((voice) => aBlock({ voice, frames: [new Uint8Array(bytes).fill(8)] }));
    for (let one = 0; one < chunks; one++) {
      const message = aChunk(++this.sequence, { epoch: this.epoch, blocks });
      if (this.on) this.said.push(`${this.epoch}.${this.sequence}`);
      this.ring.push(message);
      if (this.link !== undefined) this.house.hear(this.link, message);
    }
  }

  anew(): void {
    this.goes();
    this.ring = [];
    const after = { epoch: this.epoch, sequence: 0xffff_ffff };
    this.#switches = switched([], { on: this.on, after, atMs: 0 });
    this.epoch++;
    this.sequence = 0;
    this.tell();
    this.comes();
  }

  ends(): void {
    if (this.link !== undefined) this.house.read(this.link, END_TEXT);
  }
}

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

describe("captions", () => {
  it("are kept once they are final and said while it was on, each once", () => {
    const evening = new Evening();
    const line = (id: string, from: number, final = true) => ({
      id,
      voice: 1,
      name: "Ada",
      text: `said ${id}`,
      from,
      to: from + 900,
      final,
    });
    evening.says(20);
    evening.state("captions", { epoch: 1, lines: [line("a", 500)] });
    evening.turn(true);
    evening.says(25);
    evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 2_500, false)] });
    evening.says(20);
    evening.state("captions", { epoch: 1, lines: [line("b", 2_500), line("c", 4_000)] });
    evening.state("captions", { epoch: 1, lines: [line("b", 2_500), line("c", 4_000)] });
    evening.turn(false);
    evening.state("captions", { epoch: 1, lines: [line("d", 5_000)] });
    evening.ends();
    expect(evening.house.lines.map(({ id, fromMs, toMs }) => [id, fromMs, toMs])).toEqual([
      ["1.b", 2_500, 3_400],
      ["1.c", 4_000, 4_900],
    ]);
    expect(evening.house.node.kept?.recording.captioned).toBe(true);
  });
});

describe("captions of an epoch in which nothing was recorded", () => {
  it("are not kept where a later one is, though the newest text still has them", () => {
    const evening = new Evening();
    evening.says(45);
    const said = { id: "off", voice: 1, name: "Ada", text: "between us", from: 2_000, to: 2_900, final: true };
    evening.state("captions", { epoch: 1, lines: [said] });
    evening.anew();
    evening.turn(true);
    evening.says(45);
    evening.archiveDies();
    evening.comes();
    evening.says(45);
    evening.ends();
    expect(evening.house.lines).toEqual([]);
  });
});

describe("a storage that fails for a minute in the middle of a recording", () => {
  /** Ten minutes of one voice; storage is away from 120 s to 180 s. @param bytes of each frame */
  function throughAFault(bytes: number): Evening {
    const evening = new Evening();
    evening.turn(true);
    for (let second = 0; second < 300; second++) {
      evening.house.fails = second >= 120 && second < 180;
      evening.says(10, [1], bytes);
      evening.house.pass(1_000);
    }
    evening.ends();
    evening.house.pass(130_000);
    return evening;
  }

  it("loses nothing of what fits into the spool", () => {
    // 60 s of it are less than 8 MiB.
    const bytes = Math.floor(SPOOL_BYTES / 620) - 100;
    const evening = throughAFault(bytes);
    expect(keptIn(evening.house)).toEqual(evening.said);
    expect(evening.house.node.kept?.recording.gaps).toEqual([]);
  });

  it("beyond it loses the oldest that was not stored, lists exactly that as a gap, and goes on", () => {
    const evening = throughAFault(Math.floor(SPOOL_BYTES / 400));
    const { gaps = [] } = evening.house.node.kept?.recording ?? {};
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    const isLost = (one: string) => {
      const sequence = Number(one.split(".")[1]);
      return sequence > (gap?.from.sequence ?? 0) && sequence < (gap?.to.sequence ?? 0);
    };
    const lost = evening.said.filter(isLost);
    expect(gap?.from.sequence).toBeGreaterThanOrEqual(1_160);
    expect(gap?.from.sequence).toBeLessThanOrEqual(1_200);
    // Of 60 s the newest 40 or so fit.
    expect(lost.length).toBeGreaterThan(150);
    expect(lost.length).toBeLessThan(300);
    expect(keptIn(evening.house)).toEqual(evening.said.filter((one) => !isLost(one)));
  });
});

describe("deletion", () => {
  it("while the room is live deletes what was kept so far, leaves the cached lane its last seconds, and keeps what is said from then on", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    house.fails = true;
    evening.says(20);
    house.do(house.node.deleteKept(house.now));
    expect(house.node.kept).toBeUndefined();
    const before = evening.said.splice(0);
    expect(before).toHaveLength(65);
    expect(house.node.find({ epoch: 1, index: 1 }, house.now)?.leftMs).toBeLessThanOrEqual(15_000);
    house.fails = false;
    for (let second = 0; second < 20; second++) {
      evening.says(10);
      house.pass(1_000);
    }
    expect(house.node.find({ epoch: 1, index: 1 }, house.now)).toBeUndefined();
    evening.ends();
    expect(keptIn(house)).toEqual(evening.said);
  });

  it("after the room's end leaves nothing at all", () => {
    const evening = new Evening();
    evening.turn(true);
    evening.says(45);
    evening.ends();
    evening.house.do(evening.house.node.deleteKept(evening.house.now));
    expect(evening.house.erased).toBe(true);
    expect(evening.house.node.kept).toBeUndefined();
    expect(evening.house.node.find({ epoch: 1, index: 0 }, evening.house.now)).toBeUndefined();
    expect(evening.house.node.keptRuns).toEqual([]);
  });
});

describe("deletion while the archive is cut off", () => {
  it("covers what the room has said by then, though the archive hears of it afterwards, and nothing that is said later", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    evening.goes();
    evening.says(30);
    house.do(house.node.deleteKept(house.now, { after: { epoch: 1, sequence: evening.sequence }, atMs: evening.sequence * 100 }));
    evening.said.splice(0);
    evening.says(5);
    // Deletion outlives the archive's object.
    evening.archiveDies();
    evening.comes();
    evening.says(20);
    evening.ends();
    expect(evening.said).toHaveLength(25);
    expect(keptIn(house)).toEqual(evening.said);
  });
});

describe("deletion while storage is away", () => {
  it("finds what is only in memory, and none of it comes when storage is back", () => {
    for (const chunks of [5, 200]) {
      const evening = new Evening();
      const { house } = evening;
      house.fails = true;
      evening.turn(true);
      evening.says(chunks);
      expect(house.node.kept).toBeUndefined();
      expect(house.node.keepsAny).toBe(true);
      house.do(house.node.deleteKept(house.now));
      expect(house.node.keepsAny).toBe(false);
      evening.said.splice(0);
      house.fails = false;
      for (let second = 0; second < 10; second++) {
        evening.says(10);
        house.pass(1_000);
      }
      evening.ends();
      expect(keptIn(house)).toEqual(evening.said);
    }
  });

  it("of a room that is over leaves nothing, and a second one finds nothing and does nothing", () => {
    const evening = new Evening();
    const { house } = evening;
    house.fails = true;
    evening.turn(true);
    evening.says(100);
    evening.ends();
    expect([house.node.kept, house.node.keepsAny]).toEqual([undefined, true]);
    house.do(house.node.deleteKept(house.now));
    expect([house.erased, house.node.keepsAny]).toEqual([true, false]);
    house.fails = false;
    house.pass(10_000);
    expect(house.node.kept).toBeUndefined();
    expect(house.node.deleteKept(house.now)).toEqual([]);
  });
});

describe("a room that ends while storage is away", () => {
  it("is not whole until all of it is stored, whether any of it was stored before or not", () => {
    for (const before of [0, 100]) {
      const evening = new Evening();
      const { house } = evening;
      evening.turn(true);
      evening.says(before);
      house.fails = true;
      evening.says(100);
      evening.ends();
      expect([house.node.kept?.ended, house.node.owesKept]).toEqual([before > 0 ? true : undefined, true]);
      house.fails = false;
      house.pass(10_000);
      expect([house.node.kept?.ended, house.node.owesKept]).toEqual([true, false]);
      expect(keptIn(house)).toEqual(evening.said);
    }
  });
});

describe("what was deleted", () => {
  const line = (id: string, from: number, final = true) => ({ id, voice: 1, name: "Ada", text: `said ${id}`, from, to: from + 900, final });

  it("does not come back with a later life of the archive, neither its sound nor its captions", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 4_400, false), line("ahead", 4_700)] });
    house.do(house.node.deleteKept(house.now));
    house.lines.splice(0);
    evening.said.splice(0);
    for (let lives = 0; lives < 2; lives++) {
      evening.archiveDies();
      evening.comes();
      evening.says(10);
      evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 4_400), line("ahead", 4_700), line("late", 3_000)] });
      house.pass(1_000);
    }
    evening.state("captions", { epoch: 1, lines: [line("ahead", 4_700), line("new", 5_200)] });
    evening.says(20);
    evening.ends();
    expect(house.lines.map(({ id }) => id)).toEqual(["1.new"]);
    expect(keptIn(house)).toEqual(evening.said);
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
