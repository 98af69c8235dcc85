import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRAME_SAMPLES } from "../../../src/core/audio/format.ts";
import { OggStream, PAGE_PACKETS, streamEnd, streamHead } from "../../../src/core/audio/ogg-stream.ts";
import { opusSamples, padOpus } from "../../../src/core/audio/opus.ts";
import { pagesIn } from "../../support/ogg-pages.ts";

describe("an Ogg stream for many", () => {
  it("is a whole stream of his own for each, whenever he came and whatever he missed", () => {
    // What happens between two reads, in pages; and how many packets come at once.
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.boolean()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 0xffff_ffff }), (came, serial) => {
        const stream = new OggStream(20);
        stream.add(Array.from({ length: 57 }, () => Uint8Array.of(0xf8, 1)));
        const place = stream.begin(serial, 3);
        const pieces: Uint8Array[] = [streamHead(place, "Ein Abend")];
        for (const [packets, reads] of came) {
          stream.add(Array.from({ length: packets }, () => Uint8Array.of(0xf8, 1, 2)));
          const piece = reads ? stream.take(place, 5) : undefined;
          if (piece !== undefined) pieces.push(piece);
        }
        const pages = pagesIn(Buffer.concat([...pieces, streamEnd(place)]));
        const sound = pages.slice(2, -1);
        expect(pages.map((page) => page.sequence)).toEqual(pages.map((_, index) => index));
        expect(new Set(pages.map((page) => page.serial))).toEqual(new Set([serial]));
        expect(pages.map((page) => [page.first, page.last])).toEqual(pages.map((_, index) => [index === 0, index === pages.length - 1]));
        expect(sound.map((page) => page.granule)).toEqual(sound.map((_, index) => (index + 1) * PAGE_PACKETS * FRAME_SAMPLES));
        expect(pages.at(-1)?.granule).toBe(sound.length * PAGE_PACKETS * FRAME_SAMPLES);
      }),
      { numRuns: 20 },
    );
  });

  it("brings every page once to who keeps up, and goes on at the live edge for who does not", () => {
    const stream = new OggStream(10);
    const place = stream.begin(1, 5);
    const numbered = (from: number) =>
      Array.from({ length: 10 * PAGE_PACKETS }, (_, at) => Uint8Array.of(0xf8, 2, (from + at) >> 8, (from + at) & 255));
    const numbersIn = (bytes: Uint8Array | undefined) =>
      pagesIn(bytes ?? new Uint8Array()).flatMap(({ packets }) =>
        packets.map((packet) => ((packet.at(4) ?? 0) << 8) | (packet.at(5) ?? 0)),
      );
    stream.add(numbered(0));
    expect(numbersIn(stream.take(place, 5))).toEqual(Array.from({ length: 100 }, (_, at) => at));
    stream.add(numbered(100));
    stream.add(numbered(200));
    expect(numbersIn(stream.take(place, 5))).toEqual(Array.from({ length: 50 }, (_, at) => 250 + at));
    expect(stream.take(place, 5)).toBeUndefined();
  });
});

describe("a padded packet", () => {
  it("is as long as asked, holds as much sound, and ends in nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), fc.integer({ min: 3, max: 1_300 }), (frame, bytes) => {
        const packet = Uint8Array.of(0x78, ...frame);
        const padded = padOpus(packet, bytes);
        expect(opusSamples(padded)).toBe(FRAME_SAMPLES);
        if (packet.byteLength + 2 > bytes) expect(padded).toBe(packet);
        else expect([padded.byteLength, unpad(padded)]).toEqual([bytes, frame]);
      }),
    );
  });
});

/** The frame of a padded packet of one frame, by RFC 6716 §3.2.5 alone. */
function unpad(packet: Uint8Array): Uint8Array {
  expect(packet[1]).toBe(0x41);
  let at = 2;
  let padding = 0;
  for (; packet[at] === 255; at++) padding += 254;
  padding += packet[at++] ?? 0;
  expect(packet.subarray(packet.byteLength - padding).every((byte) => byte === 0)).toBe(true);
  return new Uint8Array(packet.subarray(at, packet.byteLength - padding));
}
