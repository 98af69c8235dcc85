import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { ChunkedBody } from "../../../src/cli/bridge/chunked.ts";
import { readHead } from "../../../src/cli/bridge/request.ts";
import { type SourceLine, SourcePort } from "../../../src/cli/bridge/source-port.ts";

const RULES = { mount: "/live", user: "source", password: "a:pass", listen: "http://room/" };
const LOGIN = `Authorization: Basic ${Buffer.from("source:a:pass").toString("base64")}`;
const PATIENCE = { headMs: 400, sourceMs: 1_000, ghostMs: 300 };

/** A port with nothing behind it, and what it told. */
type Port = {
  readonly port: SourcePort;
  readonly bodies: { text: string; ended: boolean; line: SourceLine }[];
  readonly titles: string[];
};

const opened: SourcePort[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

async function open(): Promise<Port> {
  const bodies: Port["bodies"] = [];
  const titles: string[] = [];
  const port = await SourcePort.open(
    0,
    "127.0.0.1",
    RULES,
    {
      source: (line) => {
        const body = { text: "", ended: false, line };
        bodies.push(body);
        return {
          bytes: (bytes) => {
            body.text += bytes.toString("latin1");
          },
          ended: () => {
            body.ended = true;
          },
        };
      },
      title: (song) => titles.push(song),
      said: () => undefined,
    },
    PATIENCE,
  );
  opened.push(port);
  return { port, bodies, titles };
}

/** An encoder: says something, and keeps what it is answered. */
function encoder({ port }: Port, ...says: readonly string[]) {
  const socket = connect(port.port, "127.0.0.1");
  const heard = { text: "", closed: false };
  socket.on("data", (bytes: Buffer) => {
    heard.text += bytes.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    heard.closed = true;
  });
  for (const text of says) socket.write(Buffer.from(text, "latin1"));
  return { socket, heard, answers: (text: string) => until(() => heard.text.includes(text)) };
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 8_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error("never came true");
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

const head = (first: string, ...headers: readonly string[]) => `${[first, ...headers].join("\r\n")}\r\n\r\n`;
const OGG = "Content-Type: audio/ogg";

describe("an encoder that logs in", () => {
  it.each([
    ["PUT, as ffmpeg and libshout do", head("PUT /live HTTP/1.1", LOGIN, OGG, "Expect: 100-continue"), "HTTP/1.1 100 Continue\r\n\r\n"],
    ["PUT without asking first", head("PUT /live HTTP/1.1", LOGIN, "Content-Type: application/ogg"), "HTTP/1.0 200 OK\r\n"],
    ["SOURCE, as it was before", head("SOURCE /live HTTP/1.0", LOGIN, "content-type: APPLICATION/OGG; codecs=opus"), "HTTP/1.0 200 OK\r\n"],
    ["SOURCE, as the oldest did", head("SOURCE /live ICE/1.0", LOGIN, "ice-name: old"), "HTTP/1.0 200 OK\r\n"],
    ["lines that end as on Unix", `SOURCE /live HTTP/1.0\n${LOGIN}\n\n`, "HTTP/1.0 200 OK\r\n"],
  ])("is let in: %s", async (_how, says, answer) => {
    const port = await open();
    const { heard, socket } = encoder(port, `${says}sound`);
    await until(() => port.bodies[0]?.text === "sound");
    socket.write(" that goes on");
    await until(() => port.bodies[0]?.text === "sound that goes on");
    expect(heard.text.startsWith(answer)).toBe(true);
    socket.destroy();
    await until(() => port.bodies[0]?.ended === true);
  });

  it("may send in chunks, cut anywhere, and is thanked at the end", async () => {
    const port = await open();
    const { socket, answers } = encoder(port, head("PUT /live HTTP/1.1", LOGIN, OGG, "Expect: 100-continue", "Transfer-Encoding: chunked"));
    await answers("100 Continue");
    for (const part of ["5\r\nsou", "nd\r", "\n3;x=y\r\n on\r\n0", "\r\n\r\n"]) {
      socket.write(part);
      await new Promise((wake) => setTimeout(wake, 10));
    }
    await answers("200 OK");
    expect(port.bodies[0]?.text).toBe("sound on");
  });

  it("is told why it is turned away, if what it sends is not what it said", async () => {
    const port = await open();
    const { answers } = encoder(port, `${head("PUT /live HTTP/1.1", LOGIN, OGG, "Expect: 100-continue")}noise`);
    await until(() => port.bodies.length === 1);
    port.bodies[0]?.line.turnAway("Set the encoder to Opus.");
    await answers("415 Unsupported Media Type");
    await until(() => port.bodies[0]?.ended === true);
  });
});

describe("a request that is not let in", () => {
  it.each([
    ["no password", head("PUT /live HTTP/1.1", OGG), "401 Unauthorized", 'WWW-Authenticate: Basic realm="Canopy source"'],
    [
      "a wrong one",
      head("PUT /live HTTP/1.1", `Authorization: Basic ${Buffer.from("source:a:pas").toString("base64")}`, OGG),
      "401",
      "--source",
    ],
    ["another way to log in", head("SOURCE /live HTTP/1.0", "Authorization: Bearer abc", OGG), "401", ""],
    ["mp3", head("SOURCE /live HTTP/1.0", LOGIN, "Content-Type: audio/mpeg"), "415", "not audio/mpeg. Set the encoder's codec to Opus"],
    ["aac", head("PUT /live HTTP/1.1", LOGIN, "Content-Type: audio/aac"), "415", "audio/aac"],
    ["another mount", head("PUT /other HTTP/1.1", LOGIN, OGG), "404", "/live"],
    ["a body that is packed", head("PUT /live HTTP/1.1", LOGIN, OGG, "Transfer-Encoding: gzip"), "501", "chunked"],
    ["who would listen here", head("GET /live HTTP/1.1"), "404", "http://room/"],
    ["a way in that is none", head("DELETE /live HTTP/1.1", LOGIN), "405", "Allow: PUT"],
    ["a title by whom nobody knows", head("GET /admin/metadata?mode=updinfo&mount=/live&song=x HTTP/1.0"), "401", ""],
    ["garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400", ""],
    ["a header without a name", head("PUT /live HTTP/1.1", ": x"), "400", ""],
    ["a head without an end", `PUT /live HTTP/1.1\r\n${"X: y\r\n".repeat(2_000)}`, "431", ""],
  ])("%s", async (_what, says, status, word) => {
    const port = await open();
    const { heard, answers } = encoder(port, says);
    await answers(`HTTP/1.1 ${status}`);
    await until(() => heard.closed);
    expect(heard.text).toContain(word);
    expect(port.bodies).toHaveLength(0);
  });

  it("one that never ends is given up, and so is a source that says nothing", async () => {
    const port = await open();
    const slow = encoder(port, "PUT /live HTTP/1.1\r\nX: ");
    const drip = setInterval(() => slow.socket.write("y"), 50);
    await slow.answers("408");
    clearInterval(drip);
    const { heard } = encoder(port, head("PUT /live HTTP/1.1", LOGIN, OGG));
    await until(() => port.bodies[0]?.ended === true && heard.closed);
  });
});

describe("a second source", () => {
  it("is refused while the first is heard, and takes the place of one that fell silent", async () => {
    const port = await open();
    const first = encoder(port, head("SOURCE /live HTTP/1.0", LOGIN, OGG));
    await until(() => port.bodies.length === 1);
    const sounding = setInterval(() => first.socket.write("x"), 50);
    const second = encoder(port, head("PUT /live HTTP/1.1", LOGIN, OGG));
    await second.answers("403 Forbidden");
    expect(second.heard.text).toContain("Mountpoint in use");
    clearInterval(sounding);
    await new Promise((wake) => setTimeout(wake, PATIENCE.ghostMs + 100));
    const third = encoder(port, `${head("PUT /live HTTP/1.1", LOGIN, OGG)}third`);
    await third.answers("200 OK");
    await until(() => port.bodies[1]?.text === "third" && port.bodies[0]?.ended === true);
    expect(port.bodies[1]?.ended).toBe(false);
  });
});

it("a title is told, whichever way it is asked", async () => {
  const port = await open();
  const song = "/admin/metadata?mode=updinfo&mount=/live&song=Ana%20%E2%80%93%20Tune";
  for (const method of ["GET", "POST"]) await encoder(port, head(`${method} ${song} HTTP/1.0`, LOGIN)).answers("<return>1</return>");
  expect(port.titles).toEqual(["Ana – Tune", "Ana – Tune"]);
});

describe("whatever the bytes", () => {
  it("a head is read, waited for, or refused, and the same wherever it is cut", () => {
    const part = fc.constantFrom("PUT /live HTTP/1.1", "\r\n", "\n", "A: b", ":", "GET", " ", "\x00", "é", "//[", "Content-Length: 9");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12, size: "max" }), (parts) => {
        const bytes = Buffer.from(parts.join(""), "latin1");
        const found = readHead(bytes);
        if (typeof found === "object") expect(found.bodyAt).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it("a chunked body is the same wherever the network cuts it", () => {
    const parts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8, size: "max" });
    fc.assert(
      fc.property(parts, fc.array(fc.nat(400), { maxLength: 20, size: "max" }), (chunks, cuts) => {
        const bytes = Buffer.concat([
          ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
          Buffer.from("0\r\n\r\n"),
        ]);
        const heard: Buffer[] = [];
        const body = new ChunkedBody((part) => heard.push(Buffer.from(part)));
        const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
        let how = "more";
        for (const [index, from] of places.entries()) if (how === "more") how = body.push(bytes.subarray(from, places[index + 1] ?? from));
        expect(how).toBe("over");
        expect(Buffer.concat(heard)).toEqual(Buffer.concat(chunks));
      }),
    );
  });

  it.each(["g\r\n", "-1\r\n", "\r\n", "3\r\nabcd", "fffffffff\r\n", `${"1".repeat(300)}`])("%j is no chunk", (text) => {
    expect(new ChunkedBody(() => undefined).push(Buffer.from(text))).toBe("malformed");
  });
});
