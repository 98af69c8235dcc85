import { describe, expect, it } from "vitest";
import { binaryFrame, closeFrame, FrameReader, textFrame } from "../../../src/cli/line/frames.ts";

/** Reads `bytes`, cut into pieces of `piece` bytes that are spoilt as soon as the reader has seen them. */
function read(bytes: Buffer, piece: number): string[] {
  const heard: string[] = [];
  const reader = new FrameReader({
    text: (text) => heard.push(`text ${text}`),
    binary: (message) => heard.push(`binary ${message.toString("hex").slice(0, 16)} ${message.length}`),
    ping: (payload) => heard.push(`ping ${payload.toString()}`),
    close: (code, reason) => heard.push(`close ${code} ${reason}`),
    fault: (why) => heard.push(`fault ${why}`),
  });
  for (let at = 0; at < bytes.length; at += piece) {
    const part = Buffer.from(bytes.subarray(at, at + piece));
    reader.push(part);
    part.fill(0xee);
  }
  return heard;
}

describe("a reader of frames", () => {
  const large = Buffer.alloc(70_000, 7);
  const bytes = Buffer.concat([
    Buffer.from([0x81, 2, 0x68, 0x69]),
    Buffer.from([0x82, 126, 0, 200]),
    Buffer.alloc(200, 1),
    Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
    large,
    Buffer.from([0x02, 1, 0xaa, 0x89, 1, 0x70, 0x00, 1, 0xbb, 0x80, 1, 0xcc]),
    Buffer.from([0x88, 5, 0x11, 0x94, 0x62, 0x79, 0x65]),
  ]);

  it.each([1, 2, 3, 7, 999, 1_000_000])("finds every message however the network cut it (pieces of %i bytes)", (piece) => {
    expect(read(bytes, piece)).toEqual([
      "text hi",
      "binary 0101010101010101 200",
      "binary 0707070707070707 70000",
      "ping p",
      "binary aabbcc 3",
      "close 4500 bye",
    ]);
  });

  it("reads nothing after the close", () => {
    expect(read(Buffer.from([0x88, 0, 0x81, 1, 0x61]), 100)).toEqual(["close 1005 "]);
  });

  it.each([
    ["masked", [0x81, 0x81, 0, 0, 0, 0, 0]],
    ["reserved bits", [0xc1, 1, 0x61]],
    ["continuation of nothing", [0x80, 1, 0x61]],
    ["4 GiB", [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]],
    ["unknown kind", [0x83, 0]],
  ])("says what is wrong with a frame: %s", (word, frame) => {
    expect(read(Buffer.from(frame), 100)[0]).toMatch(new RegExp(`^fault .*${word}`));
  });
});

describe("a frame from a client", () => {
  it("is masked, with the length where RFC 6455 has it", () => {
    const frame = textFrame("hi");
    expect([...frame.subarray(0, 2)]).toEqual([0x81, 0x82]);
    expect([(frame[6] ?? 0) ^ (frame[2] ?? 0), (frame[7] ?? 0) ^ (frame[3] ?? 0)]).toEqual([0x68, 0x69]);
    expect([...binaryFrame(new Uint8Array(300)).subarray(0, 4)]).toEqual([0x82, 0xfe, 0x01, 0x2c]);
    expect([...binaryFrame(new Uint8Array(70_000)).subarray(0, 10)]).toEqual([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
    expect(closeFrame().length).toBe(6);
  });
});
