import { describe, expect, it } from "vitest";
import { SpeechSender } from "../../../../src/browser/sound/speech-sender.ts";
import { decodeSpeech, type Speech } from "../../../../src/core/audio/speech.ts";

const [NOISE, VOICE] = [70, 20];

describe("a speaker's page", () => {
  it("sends nothing while nobody speaks", () => {
    const page = aPage();
    page.say(NOISE, 100);
    expect(page.sent).toEqual([]);
  });

  it("sends a talkspurt's first frames together, then one by one, without a gap in their positions", () => {
    const page = aPage();
    page.say(NOISE, 10);
    page.say(VOICE, 3);
    expect(page.sent.map(({ frames }) => frames.length)).toEqual([4, 1, 1]);
    expect(page.sent.map(({ starts }) => starts)).toEqual([true, false, false]);
    expect(page.sent.map(({ sample }) => sample)).toEqual([7 * 960, 11 * 960, 12 * 960]);
    expect(page.sent[0]?.level).toBe(VOICE);
  });

  it("wraps its sample position at 2³²", () => {
    const page = aPage({ from: 2 ** 32 - 960 });
    page.say(VOICE, 2);
    expect(page.sent.map(({ sample }) => sample)).toEqual([2 ** 32 - 960, 0]);
  });

  it("says where a talkspurt ends", () => {
    const page = aPage();
    page.say(VOICE, 1);
    page.say(NOISE, 60);
    expect(page.sent.at(-1)?.ends).toBe(true);
    expect(page.sent.filter(({ ends }) => ends)).toHaveLength(1);
  });

  it("starts a new talkspurt after an interruption", () => {
    const page = aPage();
    page.say(VOICE, 2);
    page.sender.restart();
    page.say(VOICE, 1);
    expect(page.sent.at(-1)?.starts).toBe(true);
  });

  it("starts a new talkspurt when the microphone's clock jumps", () => {
    const page = aPage();
    page.say(VOICE, 2);
    page.skip(5);
    page.say(VOICE, 1);
    expect(page.sent.at(-1)).toMatchObject({ starts: true, sample: 7 * 960 });
  });

  it("leaves speech out while the line is clogged, and starts anew once it has drained", () => {
    const page = aPage();
    page.say(VOICE, 1);
    page.line.unsent = 40_000;
    page.say(VOICE, 10);
    page.line.unsent = 10_000;
    page.say(VOICE, 10);
    expect(page.sent).toHaveLength(1);
    expect(page.sender.leftOut).toBe(20);
    page.line.unsent = 0;
    page.say(VOICE, 1);
    expect(page.sent.at(-1)?.starts).toBe(true);
  });
});

function aPage({ from = 0 } = {}) {
  const sent: Speech[] = [];
  const line = { unsent: 0 };
  const send = (message: Uint8Array) => {
    const said = decodeSpeech(message);
    if (typeof said === "string") throw new Error(said);
    sent.push(said);
    return true;
  };
  const sender = new SpeechSender({ unsentBytes: () => line.unsent, send }, 1);
  let sample = from;
  return {
    sent,
    line,
    sender,
    skip: (frames: number) => {
      sample += frames * 960;
    },
    say: (level: number, frames: number) => {
      // A SILK frame of 20 ms in wide band: its table-of-contents byte, and some more.
      for (let left = frames; left > 0; left--, sample += 960) sender.take({ sample, level, packet: Uint8Array.of(0x48, 1, 2) });
    },
  };
}
