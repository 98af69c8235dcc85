import fc from "fast-check";
import { expect, it } from "vitest";
import { parseCues } from "../../../src/core/wire/cues.ts";

const FILE = `WEBVTT - Evening talk

NOTE made by hand

1
00:01.000 --> 00:02.500 align:start
<v Ada &amp; Bo>How far does a sound
travel?</v>

01:00:00.000 --> 01:00:01.000
&lt;b&gt; is <i>no</i> tag

00:00.500 --> 00:00.900
first
`;

it("captions are read as they are written, in order, with who said them and without tags", () => {
  const cues = [
    { fromMs: 500, toMs: 900, name: undefined, text: "first" },
    { fromMs: 1_000, toMs: 2_500, name: "Ada & Bo", text: "How far does a sound travel?" },
    { fromMs: 3_600_000, toMs: 3_601_000, name: undefined, text: "<b> is no tag" },
  ];
  expect(parseCues(FILE)).toEqual(cues);
  expect(parseCues(FILE.replaceAll("\n", "\r\n"))).toEqual(cues);
});

it.each(["", "WEBVTT", "WEBVTT\n\n00:02.000 --> 00:01.000\nback", "WEBVTT\n\n1:2.0 --> 3\nx", "WEBVTT\n\n00:01.000 --> 00:02.000\n"])(
  "what is no cue is left out: %j",
  (file) => expect(parseCues(file)).toEqual([]),
);

it("no text is too strange to be read", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("\n\n", " --> ", "00:01.000", "<v x>", "&amp;")), { maxLength: 40, size: "max" }),
      (parts) => {
        for (const { fromMs, toMs, text } of parseCues(parts.join(""))) {
          expect(toMs).toBeGreaterThanOrEqual(fromMs);
          expect(text).not.toBe("");
        }
      },
    ),
  );
});
