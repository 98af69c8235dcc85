import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSpeech, encodeSpeech, MAX_SPEECH_BYTES, type Speech } from "../../../src/core/audio/speech.ts";
import { SPEECH_V1, SPEECH_V1_HEX } from "../../golden/speech-v1.ts";
import { aFrame } from "../../support/build.ts";

const golden = Uint8Array.from((SPEECH_V1_HEX.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)));

const speech: fc.Arbitrary<Speech> = fc.record({
  sample: fc.integer({ min: 0, max: 0xffff_ffff }),
  level: fc.integer({ min: 0, max: 127 }),
  starts: fc.boolean(),
  ends: fc.boolean(),
  frames: fc.array(
    fc.integer({ min: 1, max: 200 }).map((bytes) => aFrame(bytes)),
    { maxLength: 5 },
  ),
});

describe("a speaker's message", () => {
  it("is laid out as version 1 was shipped", () => {
    expect(decodeSpeech(golden)).toEqual(SPEECH_V1);
    expect(encodeSpeech(SPEECH_V1)).toEqual(golden);
  });

  it("comes back as it went", () => {
    fc.assert(
      fc.property(speech, (one) => {
        expect(decodeSpeech(encodeSpeech(one))).toEqual(one);
      }),
    );
  });

  it.each([
    ["is too short", golden.slice(0, 8), "speech-too-short"],
    ["is a megabyte", new Uint8Array(1_000_000), "speech-too-long"],
    ["is just too long", new Uint8Array(MAX_SPEECH_BYTES + 1), "speech-too-long"],
    ["speaks another version", golden.with(0, 2), "speech-version-unknown"],
    ["promises more frames than it holds", golden.with(8, 3), "speech-malformed"],
    ["promises more frames than half a second", golden.with(8, 26), "speech-malformed"],
    ["has a header that reaches past its end", golden.with(1, 200), "speech-malformed"],
    ["has a header that is too short", golden.with(1, 8), "speech-malformed"],
    ["holds a frame of 10 ms", golden.with(11, 0x40), "speech-not-20-ms-opus"],
    ["holds a frame of 60 ms", golden.with(11, 0x58), "speech-not-20-ms-opus"],
  ])("that %s is refused by name", (_, bytes, fault) => {
    expect(decodeSpeech(bytes)).toBe(fault);
  });

  it("may have a longer header than we know", () => {
    const longer = Uint8Array.from([...golden.slice(0, 9), 1, 2, 3, ...golden.slice(9)]).with(1, 12);
    expect(decodeSpeech(longer)).toEqual(SPEECH_V1);
  });

  it("that is garbage is refused without a throw, whatever the bytes", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const found = decodeSpeech(bytes);
        return (
          typeof found === "string" ||
          found.frames.every((frame) => frame.byteOffset + frame.byteLength <= bytes.byteOffset + bytes.byteLength)
        );
      }),
      { numRuns: 100_000 },
    );
  });
});
