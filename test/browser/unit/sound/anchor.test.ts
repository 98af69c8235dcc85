import { expect, it } from "vitest";
import { silentWav } from "../../../../src/browser/sound/anchor.ts";

it("the anchor is a WAV of ten silent seconds", () => {
  const wav = silentWav();
  const view = new DataView(wav.buffer);
  const text = (at: number) => new TextDecoder().decode(wav.subarray(at, at + 4));
  expect([text(0), text(8), text(12), text(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
  expect(view.getUint32(4, true)).toBe(wav.length - 8);
  expect(view.getUint32(40, true) / view.getUint32(28, true)).toBe(10);
  expect(wav.subarray(44).every((sample) => sample === 128)).toBe(true);
});
