import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ENCODER_PRE_SKIP,
  MAX_SEGMENTS,
  oggPage,
  opusHead,
  opusHeaderPages,
  opusTags,
  segmentsOf,
  stampPage,
} from "../../../src/core/audio/ogg.ts";
import { utf8 } from "../../../src/core/text.ts";
import { pagesIn } from "../../support/ogg-pages.ts";

const aPacket = fc.uint8Array({ minLength: 1, maxLength: 1_275, size: "max" });

describe("an Ogg page", () => {
  it("is laid out as RFC 3533 says", () => {
    const page = oggPage([Uint8Array.of(0xf8, 0xff, 0xfe)], { serial: 0x01020304, sequence: 5, granule: 960, first: true });
    const expected = [0x4f, 0x67, 0x67, 0x53, 0, 2, 0xc0, 3, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 5, 0, 0, 0];
    expect([...page.subarray(0, 22)]).toEqual(expected);
    expect([...page.subarray(26)]).toEqual([1, 3, 0xf8, 0xff, 0xfe]);
  });

  it("gives back every packet whole, also those of a multiple of 255 bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(aPacket, fc.constant(new Uint8Array(255)), fc.constant(new Uint8Array(510))), { minLength: 1, maxLength: 40 }),
        (packets) => {
          fc.pre(packets.reduce((sum, packet) => sum + segmentsOf(packet.byteLength), 0) <= MAX_SEGMENTS);
          const granule = packets.length * 960 + 2 ** 40;
          const [page] = pagesIn(oggPage(packets, { serial: 7, sequence: 2, granule }));
          expect(page?.packets).toEqual(packets.map((packet) => new Uint8Array(packet)));
          expect(page).toMatchObject({ serial: 7, sequence: 2, granule });
        },
      ),
    );
  });

  it("can be numbered anew, and its checksum still holds", () => {
    const page = oggPage([new Uint8Array(300).fill(9)], { serial: 1, sequence: 2, granule: 3, last: true });
    stampPage(page, { serial: 4, sequence: 5, granule: 2 ** 33 + 1 });
    expect(pagesIn(page)).toMatchObject([{ serial: 4, sequence: 5, granule: 2 ** 33 + 1, last: true }]);
  });

  it("does not take more than its table can tell of", () => {
    const packets = Array.from({ length: MAX_SEGMENTS + 1 }, () => new Uint8Array(1));
    expect(() => oggPage(packets, { serial: 1, sequence: 1, granule: 1 })).toThrow(RangeError);
  });
});

describe("the headers of Ogg Opus", () => {
  it("say channels, pre-skip and title, each on a page of its own", () => {
    const tags = opusTags([
      ["TITLE", "Café"],
      ["COMMENT", "x".repeat(40_000)],
    ]);
    const pages = pagesIn(opusHeaderPages(3, opusHead(2, ENCODER_PRE_SKIP), tags));
    expect(pages.map(({ sequence, first, granule }) => ({ sequence, first, granule }))).toEqual([
      { sequence: 0, first: true, granule: 0 },
      { sequence: 1, first: false, granule: 0 },
    ]);
    expect([...(pages[0]?.packets[0] ?? [])]).toEqual([...Buffer.from("OpusHead"), 1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    expect(Buffer.from(pages[1]?.packets[0] ?? []).toString("latin1")).toBe(
      `OpusTags\x06\0\0\0Canopy\x01\0\0\0\x0b\0\0\0${Buffer.from("TITLE=Café").toString("latin1")}`,
    );
  });
});

describe("UTF-8", () => {
  it("is what TextEncoder makes of any text", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (points) => {
        const text = String.fromCodePoint(...points);
        expect(utf8(text)).toEqual(new TextEncoder().encode(text));
      }),
    );
    expect(utf8("a\ud800b")).toEqual(new TextEncoder().encode("a\ud800b"));
  });
});
