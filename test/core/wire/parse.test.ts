import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePosition } from "../../../src/core/audio/position.ts";
import { backoffMs, comeBackMs } from "../../../src/core/backoff.ts";
import { parseRoomId, parseSessionId } from "../../../src/core/ids.ts";
import { parseLinkText } from "../../../src/core/tree/down/link.ts";
import { parseStateHead } from "../../../src/core/tree/down/states.ts";
import { parseSaved } from "../../../src/core/tree/saved.ts";
import { parseTally } from "../../../src/core/tree/up/totals.ts";
import { comesBack, ENDING } from "../../../src/core/wire/ending.ts";
import { parseListenerHears, parseStageHears } from "../../../src/core/wire/parse.ts";
import { parseStageSays } from "../../../src/core/wire/stage-says.ts";
import { ticketInProtocols } from "../../../src/core/wire/ticket.ts";
import { zones } from "../../../src/objects/room/zones.ts";

describe("the doors for text", () => {
  const doors = {
    parseListenerHears,
    parseStageHears,
    parseStageSays: (text: string) => parseStageSays(text, zones),
    parseLinkText,
    parseSaved,
    parseStateHead,
    parseTally,
    parseRoomId,
    parseSessionId,
    parsePosition,
  };

  it.each(Object.entries(doors))("%s takes any text without a throw", { timeout: 60_000 }, (_, door) => {
    fc.assert(
      fc.property(fc.string(), (text) => void door(text)),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => void door(text)),
      { numRuns: 5_000 },
    );
  });

  it("take what is almost right without a throw", () => {
    const word = fc.constantFrom(
      "welcome",
      "gap",
      "room",
      "stage",
      "audience",
      "link",
      "linked",
      "mute",
      "ping",
      "tally",
      "refused",
      "pong",
      "all",
      "nodes",
      "captions",
      "recording",
      "schedule",
      "record",
    );
    const value: fc.Arbitrary<unknown> = fc.oneof(
      word,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.dictionary(word, fc.anything({ maxDepth: 1, maxKeys: 3 }), { maxKeys: 4 }), { maxLength: 2 }),
    );
    const key = fc.constantFrom(
      "type",
      "for",
      "revision",
      "roomTime",
      "states",
      "speakers",
      "from",
      "to",
      "epoch",
      "sequence",
      "plan",
      "newest",
      "voice",
      "muted",
      "id",
      "lines",
      "switches",
      "opensAt",
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (said) => {
        const text = JSON.stringify(said);
        for (const door of Object.values(doors)) door(text);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("a speaker's text", () => {
  it.each([
    ['{"type":"on-air"}', { type: "on-air" }],
    ['{"type":"mute","muted":true,"new":1}', { type: "mute", muted: true }],
    ['{"type":"mute","muted":"yes"}', undefined],
    ['{"type":"ping","id":-1}', undefined],
    ['{"type":"fly"}', undefined],
    ["garbage", undefined],
    ["[]", undefined],
    [`{"type":"on-air","padding":"${"x".repeat(5_000)}"}`, undefined],
  ])("%.40s is read as %o", (text, said) => {
    expect(parseStageSays(text, zones)).toEqual(said);
  });
});

describe("a position", () => {
  it.each(["", "1", "1.", ".1", "-1.2", "1.2.3", "4294967296.1", "1e3.4", " 1.2", "99999999999.1"])("is not %j", (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });

  it("is epoch.sequence", () => {
    expect(parsePosition("3.1417")).toEqual({ epoch: 3, sequence: 1_417 });
  });
});

describe("an ending", () => {
  it("fits a close frame, and says come back by its code", () => {
    for (const ending of Object.values(ENDING)) {
      expect(new TextEncoder().encode(ending.says).byteLength).toBeLessThanOrEqual(123);
      expect(comesBack(ending.code)).toBe(ending.again);
    }
    expect([1000, 1001, 1006, 1011].every(comesBack)).toBe(true);
  });
});

describe("coming back", () => {
  it("waits anywhere up to a bound that doubles and is capped", () => {
    expect([0, 1, 2, 3, 99].map((attempt) => backoffMs(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000, 15_000]);
    expect(backoffMs(5, 0)).toBe(0);
  });

  it("takes longer the larger the audience is that may come back at once: 1 ms for each, from 0.5 s to 15 s", () => {
    expect([0, 3, 500, 1_421, 15_000, 10_000_000].map(comeBackMs)).toEqual([500, 500, 500, 1_421, 15_000, 15_000]);
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1, comeBackMs(4_000)))).toEqual([4_000, 8_000, 15_000, 15_000]);
  });
});

describe("a ticket in the subprotocols", () => {
  it("is found beside the protocol's name", () => {
    expect(ticketInProtocols("canopy.v1, ticket.abc.def.ghi")).toBe("abc.def.ghi");
    expect(ticketInProtocols("canopy.v1")).toBeUndefined();
    expect(ticketInProtocols(null)).toBeUndefined();
  });
});
