import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import { describe, expect, it } from "vitest";
import { initSegment } from "../../../src/core/audio/fragment.ts";
import { FRAGMENT_PACKETS, HlsWindow } from "../../../src/core/audio/hls.ts";

/** A slot that begins a fragment: two seconds since 1970, some 897 million times. */
const SLOT = 897_724_330 * FRAGMENT_PACKETS;

const packets = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => Uint8Array.of(0xf8, (from + at) >> 8, (from + at) & 255));

describe("the HLS of a line of packets", () => {
  it("names fragments by their time alone, and lists the newest six", () => {
    const window = new HlsWindow();
    window.add(packets(37), SLOT - 37);
    expect(window.isReady).toBe(false);
    for (let fragment = 0; fragment < 8; fragment++) window.add(packets(FRAGMENT_PACKETS), SLOT + fragment * FRAGMENT_PACKETS);
    expect(window.isReady).toBe(true);
    expect(window.playlist(false).split("\n")).toEqual([
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      "#EXT-X-TARGETDURATION:2",
      "#EXT-X-MEDIA-SEQUENCE:897724332",
      "#EXT-X-INDEPENDENT-SEGMENTS",
      '#EXT-X-MAP:URI="live/init.mp4"',
      "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T15:44:24.000Z",
      ...Array.from({ length: 6 }, (_, at) => ["#EXTINF:2.000,", `live/${897_724_332 + at}.m4s`]).flat(),
      "",
    ]);
    expect(window.playlist(true)).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(window.find(897_724_329)).toBeUndefined();
    expect(window.find(897_724_330)).toBeDefined();
  });

  it("begins anew where some were never made: a playlist counts what it lists", () => {
    const window = new HlsWindow();
    window.add(packets(3 * FRAGMENT_PACKETS), SLOT);
    window.add(packets(FRAGMENT_PACKETS), SLOT + 9 * FRAGMENT_PACKETS);
    expect(window.playlist(false)).toContain("#EXT-X-MEDIA-SEQUENCE:897724339\n");
    expect(window.find(897_724_330)).toBeUndefined();
  });

  it("is MP4 that another reads, every packet of it at its time", async () => {
    const window = new HlsWindow();
    window.add(packets(2 * FRAGMENT_PACKETS), SLOT);
    const fragments = [window.find(897_724_330), window.find(897_724_331)].map((bytes) => bytes ?? new Uint8Array());
    const input = new Input({ source: new BufferSource(Buffer.concat([initSegment(2), ...fragments])), formats: ALL_FORMATS });
    const track = await input.getPrimaryAudioTrack();
    expect(track && [await track.getCodec(), await track.getNumberOfChannels(), await track.getSampleRate()]).toEqual(["opus", 2, 48_000]);
    const read: { data: number[]; timestamp: number }[] = [];
    if (track !== null) {
      for await (const { data, timestamp } of new EncodedPacketSink(track).packets()) read.push({ data: [...data], timestamp });
    }
    expect(read.map(({ data }) => data)).toEqual(packets(2 * FRAGMENT_PACKETS).map((packet) => [...packet]));
    expect(read.every(({ timestamp }, at) => Math.abs(timestamp - (SLOT + at) / 50) < 0.001)).toBe(true);
  });
});
