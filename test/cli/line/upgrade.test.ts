import { describe, expect, it } from "vitest";
import { readUpgrade } from "../../../src/cli/line/upgrade.ts";

const PROBLEM = '{"type":"about:blank","title":"Not found","status":404,"code":"room-unknown","detail":"There is no such room"}';
const REFUSED = { status: 404, code: "room-unknown", detail: "There is no such room" };

function answer(head: readonly string[], body: string): Buffer {
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

describe("the answer to a handshake", () => {
  it("opens the socket, and keeps the first bytes that came with it", () => {
    const bytes = answer(["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Sec-WebSocket-Accept: abc="], "first");
    expect(readUpgrade(bytes, "abc=")).toEqual({ opened: true, rest: Buffer.from("first") });
    expect(readUpgrade(bytes.subarray(0, 40), "abc=")).toBeUndefined();
  });

  it("does not open one for somebody else's handshake", () => {
    const bytes = answer(["HTTP/1.1 101 Switching Protocols", "Sec-WebSocket-Accept: other="], "");
    expect(readUpgrade(bytes, "abc=")).toMatchObject({ code: "http-malformed" });
  });

  it("is a no with the server's own words, as soon as the body is whole", () => {
    const bytes = answer(["HTTP/1.1 404 Not Found", `Content-Length: ${PROBLEM.length}`], PROBLEM);
    expect(readUpgrade(bytes.subarray(0, -5), "abc=")).toBeUndefined();
    expect(readUpgrade(bytes, "abc=")).toEqual(REFUSED);
  });

  it("is read when it comes in HTTP's own chunks", () => {
    const chunked = answer(
      ["HTTP/1.1 404 Not Found", "Transfer-Encoding: chunked"],
      `${PROBLEM.length.toString(16)}\r\n${PROBLEM}\r\n0\r\n\r\n`,
    );
    expect(readUpgrade(chunked.subarray(0, -7), "abc=")).toBeUndefined();
    expect(readUpgrade(chunked, "abc=")).toEqual(REFUSED);
  });

  it("from a server that is no Canopy is told by its status", () => {
    expect(readUpgrade(answer(["HTTP/1.1 502 Bad Gateway"], ""), "abc=")).toEqual({
      status: 502,
      code: "http",
      detail: "the server answered 502 Bad Gateway",
    });
  });
});
