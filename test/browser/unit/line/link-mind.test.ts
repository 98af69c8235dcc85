import { describe, expect, it } from "vitest";
import { LinkMind } from "../../../../src/browser/line/link-mind.ts";

const PATIENCE = { silentMs: 3_000, answerMs: 2_000 };
const LUCK = 0.5;

describe("a link that is lost", () => {
  it("comes back after a random part of half a second, then of twice as long", () => {
    const mind = anOpenLink();
    expect(mind.closed(1006, "", 1_000, LUCK)).toEqual([]);
    expect(mind.phase).toBe("waiting");
    expect(mind.tick(1_249, LUCK, true)).toEqual([]);
    expect(mind.tick(1_250, LUCK, true)).toEqual([{ do: "open" }]);
    mind.closed(1006, "", 1_300, LUCK);
    expect(mind.tick(1_799, LUCK, true)).toEqual([]);
    expect(mind.tick(1_800, LUCK, true)).toEqual([{ do: "open" }]);
  });

  it("comes back within the window that the server told, so that a large crowd does not come at once", () => {
    const mind = anOpenLink();
    mind.told(8_000);
    mind.closed(1006, "", 1_000, LUCK);
    expect(mind.tick(4_999, LUCK, true)).toEqual([]);
    expect(mind.tick(5_000, LUCK, true)).toEqual([{ do: "open" }]);
  });

  it("waits briefly again once a connection has said something", () => {
    const mind = anOpenLink();
    for (const at of [1_000, 5_000, 10_000]) {
      mind.closed(1006, "", at, LUCK);
      mind.tick(at + 4_000, LUCK, true);
    }
    mind.opened(20_000);
    mind.heard(20_010);
    expect(mind.attempt).toBe(0);
    mind.closed(4400, "", 21_000, LUCK);
    expect(mind.tick(21_250, LUCK, true)).toEqual([{ do: "open" }]);
  });

  it("asks over HTTP why, from the second vain try on", () => {
    const mind = new LinkMind(PATIENCE);
    mind.start(0);
    expect(mind.closed(1006, "", 10, LUCK)).toEqual([]);
    mind.tick(10_000, LUCK, true);
    expect(mind.closed(1006, "", 10_010, LUCK)).toEqual([{ do: "ask-why" }]);
  });

  it("does not wait any longer when the machine says that it is back", () => {
    const mind = anOpenLink();
    mind.closed(1006, "", 1_000, 0.99);
    expect(mind.nudge(1_001)).toEqual([{ do: "open" }]);
  });
});

describe("a link that was ended for good", () => {
  it("stays away and keeps the reason", () => {
    const mind = anOpenLink();
    mind.closed(4501, "Another window", 1_000, LUCK);
    expect(mind.phase).toBe("ended");
    expect(mind.end).toEqual({ code: 4501, says: "Another window" });
    expect(mind.tick(99_000, LUCK, true)).toEqual([]);
    expect(mind.nudge(99_000)).toEqual([]);
  });

  it("may be started again by hand", () => {
    const mind = anOpenLink();
    mind.closed(4501, "", 1_000, LUCK);
    expect(mind.start(2_000)).toEqual([{ do: "open" }]);
    expect(mind.end).toBeUndefined();
  });
});

describe("a link that says nothing", () => {
  it("is probed after 3 s and dropped when nothing answers for 2 s", () => {
    const mind = anOpenLink();
    expect(mind.tick(3_000, LUCK, true)).toEqual([]);
    expect(mind.tick(3_001, LUCK, true)).toEqual([{ do: "probe" }]);
    expect(mind.tick(5_000, LUCK, true)).toEqual([]);
    expect(mind.tick(5_002, LUCK, true)).toEqual([{ do: "drop" }]);
    expect(mind.phase).toBe("waiting");
  });

  it("is kept when it answers", () => {
    const mind = anOpenLink();
    mind.tick(3_001, LUCK, true);
    mind.heard(3_050);
    expect(mind.tick(6_000, LUCK, true)).toEqual([]);
    expect(mind.phase).toBe("open");
  });

  it("is probed every 30 s while nothing is expected of it, and dropped when nothing answers", () => {
    const mind = anOpenLink();
    expect(mind.tick(30_000, LUCK, false)).toEqual([]);
    expect(mind.tick(30_001, LUCK, false)).toEqual([{ do: "probe" }]);
    mind.heard(30_050);
    expect(mind.tick(60_050, LUCK, false)).toEqual([]);
    expect(mind.tick(60_051, LUCK, false)).toEqual([{ do: "probe" }]);
    expect(mind.tick(62_052, LUCK, false)).toEqual([{ do: "drop" }]);
  });

  it("is probed when the machine wakes up, expected or not", () => {
    const mind = anOpenLink();
    expect(mind.nudge(60_000)).toEqual([{ do: "probe" }]);
    expect(mind.nudge(60_001)).toEqual([]);
    expect(mind.tick(62_001, LUCK, false)).toEqual([{ do: "drop" }]);
  });
});

describe("a link that never opens", () => {
  it("is given up after 10 s", () => {
    const mind = new LinkMind(PATIENCE);
    mind.start(0);
    expect(mind.tick(10_000, LUCK, true)).toEqual([]);
    expect(mind.tick(10_001, LUCK, true)).toEqual([{ do: "drop" }]);
  });

  it("is let go of when nobody wants it any more", () => {
    const mind = new LinkMind(PATIENCE);
    mind.start(0);
    expect(mind.giveUp(undefined)).toEqual([{ do: "drop" }]);
    expect(mind.phase).toBe("idle");
    expect(mind.opened(50)).toEqual([]);
    expect(mind.phase).toBe("idle");
  });
});

function anOpenLink(): LinkMind {
  const mind = new LinkMind(PATIENCE);
  mind.start(0);
  mind.opened(0);
  return mind;
}
