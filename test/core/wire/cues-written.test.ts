import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RecordedCaption, recordingOf } from "../../../src/core/audio/recording.ts";
import { cuesOf, formatCues, parseCues } from "../../../src/core/wire/cues.ts";
import { session } from "../room/people.ts";

describe("captions as a file", () => {
  it("are WebVTT, with who says what", () => {
    const file = formatCues([
      { fromMs: 1_000, toMs: 4_250, name: "Ada <Aurelia>", text: "Roots & branches --> leaves" },
      { fromMs: 3_723_004, toMs: 3_725_000, name: undefined, text: "An hour later." },
    ]);
    expect(file).toBe(
      "WEBVTT\n\n00:00:01.000 --> 00:00:04.250\n<v Ada &lt;Aurelia&gt;>Roots &amp; branches --&gt; leaves\n\n" +
        "01:02:03.004 --> 01:02:05.000\nAn hour later.\n",
    );
  });

  it("of nobody are a file all the same", () => {
    expect(formatCues([])).toBe("WEBVTT\n");
  });

  it("are read back as they were written, whatever anybody says or is called: nothing of it becomes a cue or a tag", () => {
    const hostile = fc.constantFrom(
      "-->",
      "\n\n",
      "00:00:01.000 --> 00:00:02.000\n",
      "<v Eve>",
      "</v>",
      "&gt;",
      "&lrm;",
      "WEBVTT",
      "NOTE ",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(hostile, fc.string()), { maxLength: 6 }).map((parts) => parts.join("")),
    );
    const cue = fc.record({
      fromMs: fc.nat({ max: 90_000_000 }),
      lengthMs: fc.nat({ max: 60_000 }),
      name: fc.option(text, { nil: undefined }),
      text,
    });
    fc.assert(
      fc.property(fc.array(cue, { maxLength: 20 }), (said) => {
        const tidy = (one: string) => one.replaceAll(/\s+/g, " ").trim();
        const cues = said
          .map(({ fromMs, lengthMs, name, text }) => ({ fromMs, toMs: fromMs + lengthMs, name, text: tidy(text) }))
          .map((one) => ({ ...one, name: one.name === undefined || tidy(one.name) === "" ? undefined : tidy(one.name) }))
          .filter((one) => one.text !== "")
          .sort((one, other) => one.fromMs - other.fromMs);
        expect(parseCues(formatCues(cues))).toEqual(cues);
      }),
    );
  });
});

describe("the captions of a recording", () => {
  const people = [{ track: 1, session: session("ada-aurelia"), name: "Ada", voices: [{ epoch: 1, voice: 3 }] }];
  const recording = {
    ...recordingOf([]),
    people,
    runs: [
      { epoch: 1, first: 5, last: 6 },
      { epoch: 2, first: 0, last: 0 },
    ],
  };
  const line = (epoch: number, fromMs: number, toMs: number, text = "Words"): RecordedCaption => ({ epoch, fromMs, toMs, track: 1, text });

  it("stand where their sound is replayed, and those of which nothing was recorded are left out", () => {
    const cues = cuesOf(recording, [
      line(2, 500, 1_900, "last"),
      line(1, 10_000, 12_000, "first"),
      line(1, 7_999, 12_000),
      line(1, 14_000, 15_000),
    ]);
    expect(cues).toEqual([
      { fromMs: 0, toMs: 2_000, name: "Ada", text: "first" },
      { fromMs: 4_500, toMs: 5_900, name: "Ada", text: "last" },
    ]);
  });

  it("that began in the time of a segment before the first sound with it", () => {
    expect(cuesOf(recording, [line(1, 9_100, 11_000)])).toMatchObject([{ fromMs: 0, toMs: 1_200 }]);
  });

  it("can be read, and end with the recording", () => {
    expect(cuesOf(recording, [line(1, 10_000, 10_050), line(2, 1_900, 1_990), line(1, 13_000, 20_000)])).toMatchObject([
      { fromMs: 0, toMs: 1_200 },
      { fromMs: 3_000, toMs: 4_200 },
      { fromMs: 5_900, toMs: 6_000 },
    ]);
  });

  it("bear no name that nobody knows", () => {
    expect(cuesOf(recording, [{ ...line(1, 10_000, 11_000), track: undefined }])[0]?.name).toBeUndefined();
  });
});
