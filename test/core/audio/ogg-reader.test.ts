import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum, oggPage, opusHead, opusHeaderPages, opusTags } from "../../../src/core/audio/ogg.ts";
import { OggReader } from "../../../src/core/audio/ogg-reader.ts";

/** A packet as it was found: of which stream, whether it begins it, and its bytes. */
type Found = readonly [serial: number, begins: boolean, bytes: number[]];

/** What a reader finds in these bytes, cut wherever `cuts` says. */
function read(bytes: Uint8Array, cuts: readonly number[] = []): { packets: Found[]; lost: number } {
  const packets: Found[] = [];
  let lost = 0;
  const reader = new OggReader({
    packet: (packet, serial, begins) => packets.push([serial, begins, [...packet]]),
    lost: (count) => {
      lost += count;
    },
  });
  const places = [0, ...cuts.map((cut) => cut % (bytes.byteLength + 1)).sort((a, b) => a - b), bytes.byteLength];
  for (const [index, from] of places.entries()) reader.push(bytes.slice(from, places[index + 1] ?? from));
  return { packets, lost };
}

/** Pages with so many segments each, however the packets fall upon them. */
function pages(packets: readonly Uint8Array[], serial: number, segmentsPerPage: number): Uint8Array[] {
  const segments = packets.flatMap((packet) => {
    const whole = Array.from({ length: Math.floor(packet.byteLength / 255) }, (_, index) =>
      packet.subarray(index * 255, (index + 1) * 255),
    );
    return [...whole, packet.subarray(whole.length * 255)];
  });
  const made: Uint8Array[] = [];
  for (let at = 0; at < segments.length; at += segmentsPerPage) {
    const own = segments.slice(at, at + segmentsPerPage);
    const continued = at > 0 && segments[at - 1]?.byteLength === 255 ? 1 : 0;
    const page = joined([new Uint8Array(27), Uint8Array.from(own.map(({ byteLength }) => byteLength)), ...own]);
    const view = new DataView(page.buffer);
    view.setUint32(0, 0x4f676753);
    view.setUint8(5, continued | (at === 0 ? 2 : 0));
    view.setUint32(14, serial, true);
    view.setUint32(18, made.length, true);
    view.setUint8(26, own.length);
    view.setUint32(22, checksum(page), true);
    made.push(page);
  }
  return made;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

const packet = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }) },
  fc.constantFrom(0, 254, 255, 256, 510, 700).map((length) => new Uint8Array(length).fill(length % 251)),
);
const stream = fc.record({
  packets: fc.array(packet, { minLength: 1, maxLength: 12, size: "max" }),
  segments: fc.integer({ min: 1, max: 9 }),
});
const cuts = fc.array(fc.nat(20_000), { maxLength: 20, size: "max" });

describe("an Ogg stream", () => {
  it("gives the same packets wherever the network cuts it, across pages, one stream after another", () => {
    fc.assert(
      fc.property(fc.array(stream, { minLength: 1, maxLength: 4 }), cuts, (streams, places) => {
        const bytes = joined(streams.flatMap(({ packets, segments }, serial) => pages(packets, serial, segments)));
        const wanted = streams.flatMap(({ packets }, serial) => packets.map((one, index): Found => [serial, index === 0, [...one]]));
        expect(read(bytes, places)).toEqual({ packets: wanted, lost: 0 });
      }),
    );
  });

  it("goes on after garbage, and loses no packet whose pages are whole", () => {
    const garbage = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Uint8Array.from([0x4f, 0x67, 0x67, 0x53, 0, 2, 0x4f, 0x67])));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(garbage, fc.uint8Array({ minLength: 1, maxLength: 50 })), { maxLength: 10, size: "max" }),
        cuts,
        (said, places) => {
          const bytes = said.flatMap(([noise, one], sequence) => [
            noise,
            oggPage([one], { serial: 7, sequence, granule: 0, first: sequence === 0 }),
          ]);
          // What looks like the beginning of a page holds the reader up until as many bytes have come.
          const { packets } = read(joined([...bytes, new Uint8Array(70_000)]), places);
          expect(packets.map(([, , found]) => found)).toEqual(said.map(([, one]) => [...one]));
        },
      ),
    );
  });

  it("drops a packet of which a page is missing or changed, and no other", () => {
    const made = pages([Uint8Array.of(1), new Uint8Array(700).fill(2), Uint8Array.of(3), Uint8Array.of(4)], 1, 2);
    expect(read(joined(made.toSpliced(1, 1))).packets.map(([, , found]) => found)).toEqual([[1], [3], [4]]);
    expect(read(joined(made.slice(1))).packets.map(([, , found]) => found)).toEqual([[3], [4]]);
    const changed = made.map((page) => page.slice());
    changed[1]?.fill(9, 40, 41);
    expect(read(joined(changed)).packets.map(([, , found]) => found)).toEqual([[1], [3], [4]]);
  });

  it("is never read past its end, whatever the bytes", () => {
    const whole = joined([
      opusHeaderPages(1, opusHead(2, 312), opusTags([["TITLE", "Tune"]])),
      oggPage([new Uint8Array(300)], { serial: 1, sequence: 2, granule: 960 }),
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)), { maxLength: 6 }), cuts, (changes, places) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        for (const [, , found] of read(bytes, places).packets) expect(found.length).toBeLessThanOrEqual(whole.byteLength);
      }),
    );
  });
});
