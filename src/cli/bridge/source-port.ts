import { createServer, type Server, type Socket } from "node:net";
import { Halt } from "../problem.ts";
import { ChunkedBody } from "./chunked.ts";
import { MAX_HEAD_BYTES, type PortRules, readHead, type Verdict, verdictOn } from "./request.ts";

/** How long the port waits for what, in ms. */
export type Patience = {
  /** For the head of a request. */
  readonly headMs: number;
  /** For more of a source, before it is taken for gone. */
  readonly sourceMs: number;
  /** After so much silence another source may take the mount: an encoder that crashed and is back must not wait for its own ghost. */
  readonly ghostMs: number;
};
/** Icecast waits as long for a head and for a source. */
const PATIENCE: Patience = { headMs: 10_000, sourceMs: 10_000, ghostMs: 3_000 };
/** Connections at most: one source, its titles, and some that are mistaken. */
const MAX_CONNECTIONS = 32;

/** Reasons as HTTP words them. */
const REASON: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
};

/** A source that is connected: where its bytes go. */
export type SourceEnd = {
  /** They are good only until the call returns. */
  bytes(bytes: Buffer): void;
  /** It is gone: for good, as far as this connection goes. */
  ended(): void;
};

/** What the port tells. */
export type PortHears = {
  /** A source has come. @param turnAway ends it, with a sentence for whoever looks after the encoder */
  source(from: SourceLine, agent: string): SourceEnd;
  title(song: string): void;
  /** What a person at the bridge should read. */
  said(line: string): void;
};

/** What can be done with a source's connection. */
export type SourceLine = {
  turnAway(says: string): void;
  pause(): void;
  resume(): void;
};

/** A port that takes one source as an Icecast 2 server does: `PUT` or `SOURCE`, HTTP/1.0 or 1.1, for as long as it likes to send. */
export class SourcePort {
  readonly #server: Server;
  readonly #rules: PortRules;
  readonly #hears: PortHears;
  readonly #patience: Patience;
  readonly #connections = new Set<Socket>();
  #source: { readonly socket: Socket; heardMs: number } | undefined;

  private constructor(rules: PortRules, hears: PortHears, patience: Patience) {
    this.#patience = patience;
    this.#rules = rules;
    this.#hears = hears;
    this.#server = createServer((socket) => this.#connected(socket));
  }

  /** @throws Halt if the port cannot be had */
  static async open(port: number, host: string, rules: PortRules, hears: PortHears, patience = PATIENCE): Promise<SourcePort> {
    const made = new SourcePort(rules, hears, patience);
    await new Promise<void>((done, fail) => {
      made.#server.once("error", (fault) =>
        fail(new Halt(`Port ${port} of ${host} cannot be had (${fault.message}). Choose another with --port.`)),
      );
      made.#server.listen(port, host, done);
    });
    return made;
  }

  /** The port that it has; what was asked for may have been 0, any that is free. */
  get port(): number {
    const at = this.#server.address();
    return typeof at === "object" && at !== null ? at.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #connected(socket: Socket): void {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    // What a connection dies of is told by its close.
    socket.on("error", () => undefined);
    const late = setTimeout(() => answer(socket, { do: "answer", status: 408, says: "That request never ended." }), this.#patience.headMs);
    socket.on("close", () => clearTimeout(late));
    let read = Buffer.alloc(0);
    const hear = (bytes: Buffer): void => {
      read = Buffer.concat([read, bytes.subarray(0, MAX_HEAD_BYTES + 1)]);
      const found = readHead(read);
      if (found === undefined) return;
      clearTimeout(late);
      socket.off("data", hear);
      if (typeof found === "string") {
        const status = found === "malformed" ? 400 : 431;
        answer(socket, { do: "answer", status, says: found === "malformed" ? "That is no request." : "That request is too long." });
        return;
      }
      const spare = bytes.subarray(Math.min(bytes.length, MAX_HEAD_BYTES + 1));
      this.#asked(socket, verdictOn(found.head, this.#rules), Buffer.concat([read.subarray(found.bodyAt), spare]));
    };
    socket.on("data", hear);
  }

  #asked(socket: Socket, verdict: Verdict, rest: Buffer): void {
    switch (verdict.do) {
      case "answer":
        if (verdict.isNews !== false) this.#hears.said(`Turned away: ${verdict.says} (${verdict.status})`);
        return answer(socket, verdict);
      case "title": {
        this.#hears.title(verdict.song);
        const xml = '<?xml version="1.0"?>\n<iceresponse><message>Metadata update successful</message><return>1</return></iceresponse>\n';
        return answer(socket, { do: "answer", status: 200, says: xml, headers: ["Content-Type: text/xml"] });
      }
      case "source":
        return this.#began(socket, verdict, rest);
    }
  }

  #began(socket: Socket, verdict: Extract<Verdict, { do: "source" }>, rest: Buffer): void {
    const before = this.#source;
    if (before !== undefined && performance.now() - before.heardMs < this.#patience.ghostMs) {
      this.#hears.said(`Turned away: a second source (${verdict.agent}) while one is connected.`);
      // Icecast's own words: encoders know them.
      return answer(socket, { do: "answer", status: 403, says: "Mountpoint in use" });
    }
    before?.socket.destroy();
    const source = { socket, heardMs: performance.now() };
    this.#source = source;
    // Icecast answers before there is any sound: an encoder that expects 100 is told to go on, any other that all is well.
    socket.write(verdict.expects ? "HTTP/1.1 100 Continue\r\n\r\n" : "HTTP/1.0 200 OK\r\nServer: Canopy\r\nConnection: close\r\n\r\n");
    const finish = (says: string, status: number): void => {
      if (verdict.expects) answer(socket, { do: "answer", status, says });
      else socket.end();
      setTimeout(() => socket.destroy(), 1_000).unref();
    };
    const line: SourceLine = {
      turnAway: (says) => finish(says, 415),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
    const end = this.#hears.source(line, verdict.agent);
    const body = bodyOf(verdict, end);
    const take = (bytes: Buffer): void => {
      source.heardMs = performance.now();
      const how = body(bytes);
      if (how === "more") return;
      socket.off("data", take);
      if (how === "malformed") this.#hears.said("The source's chunks cannot be read (Transfer-Encoding): it is turned away.");
      finish(how === "over" ? "Thank you." : "Those are no chunks.", how === "over" ? 200 : 400);
    };
    // While it is told to wait it cannot be heard, and is not gone.
    const watching = setInterval(() => {
      if (socket.isPaused()) source.heardMs = performance.now();
      else if (performance.now() - source.heardMs > this.#patience.sourceMs) socket.destroy();
    }, this.#patience.sourceMs / 10);
    socket.on("close", () => {
      clearInterval(watching);
      if (this.#source === source) this.#source = undefined;
      end.ended();
    });
    socket.on("data", take);
    if (rest.length > 0) take(rest);
  }
}

/** How the bytes of a source become its body. */
function bodyOf({ chunked, bytes }: Extract<Verdict, { do: "source" }>, end: SourceEnd): (bytes: Buffer) => "more" | "over" | "malformed" {
  if (chunked) {
    const body = new ChunkedBody((part) => end.bytes(part));
    return (part) => body.push(part);
  }
  let left = bytes ?? Number.POSITIVE_INFINITY;
  return (part) => {
    end.bytes(part.subarray(0, left));
    left -= part.length;
    return left > 0 ? "more" : "over";
  };
}

function answer(socket: Socket, { status, says, headers = [] }: Extract<Verdict, { do: "answer" }>): void {
  const body = says === "" || says.endsWith("\n") ? says : `${says}\n`;
  const typed = headers.some((header) => header.startsWith("Content-Type")) ? [] : ["Content-Type: text/plain; charset=utf-8"];
  const lines = [
    `HTTP/1.1 ${status} ${REASON[status] ?? "Error"}`,
    "Server: Canopy",
    "Connection: close",
    ...headers,
    ...typed,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), 1_000).unref();
}
