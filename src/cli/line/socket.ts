import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import { binaryFrame, closeFrame, FrameReader, pongFrame, textFrame } from "./frames.ts";
import { readUpgrade } from "./upgrade.ts";

/** What all sockets of this process read into: a read is consumed before the next one starts. */
const READ_BUFFER = Buffer.allocUnsafeSlow(128 * 1024);
/** A server that has not answered the handshake by then is given up, in ms. */
const HANDSHAKE_MS = 15_000;
/** How long a close waits for the server's own close frame, in ms. */
const CLOSE_MS = 1_000;

/** How a socket ended: closed by a frame (or lost: 1006), refused over HTTP, or never reached. */
export type SocketEnding =
  | { readonly how: "closed"; readonly code: number; readonly reason: string }
  | { readonly how: "refused"; readonly status: number; readonly code: string; readonly detail: string }
  | { readonly how: "unreachable"; readonly detail: string };

/** What a socket tells; `ended` comes exactly once, and last. Binary messages are views, good only until the call returns. */
export type SocketHears = {
  opened?(): void;
  text(text: string): void;
  binary(message: Buffer): void;
  ended(ending: SocketEnding): void;
};

/**
 * A WebSocket client, no more than a crowd needs: one read buffer for all sockets, nothing queued, no extension.
 *
 * Node's own WebSocket costs several times as much per message and does not tell why the server refused.
 */
export class Socket {
  readonly #tcp: TcpSocket;
  readonly #hears: SocketHears;
  readonly #reader: FrameReader;
  readonly #accept: string;
  #answer: Buffer | undefined = Buffer.alloc(0);
  #ending: SocketEnding | undefined;
  #ended = false;

  /**
   * Dials `url` (ws, wss, http or https) at once, offering `protocols`.
   *
   * @param source the address of this machine to come from; the system chooses if there is none
   */
  constructor(url: URL, protocols: readonly string[], hears: SocketHears, source?: string) {
    this.#hears = hears;
    this.#reader = new FrameReader({
      text: (text) => this.#hears.text(text),
      binary: (message) => this.#hears.binary(message),
      ping: (payload) => this.#write(pongFrame(payload)),
      close: (code, reason) => this.#closed(code, reason),
      fault: (why) => this.#drop({ how: "closed", code: 1002, reason: why }),
    });
    const key = randomBytes(16).toString("base64");
    // RFC 6455 §4.2.2: proof that who answers speaks WebSocket.
    this.#accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    this.#tcp = dial(url, source, (bytes) => this.#read(bytes));
    this.#tcp.setNoDelay(true);
    this.#tcp.setTimeout(HANDSHAKE_MS, () => this.#drop({ how: "unreachable", detail: "no answer within 15 s" }));
    this.#tcp.on("error", (error) => {
      this.#ending ??= this.#answer === undefined ? lost(error.message) : { how: "unreachable", detail: error.message };
    });
    this.#tcp.on("close", () => this.#end());
    this.#tcp.write(handshake(url, key, protocols));
  }

  /** Sends a text; silently nothing once the socket has ended. */
  sendText(text: string): void {
    this.#write(textFrame(text));
  }

  /** Sends a binary message; silently nothing once the socket has ended. */
  sendBinary(message: Uint8Array): void {
    this.#write(binaryFrame(message));
  }

  /** What was sent and is not on its way yet, in bytes. */
  get unsentBytes(): number {
    return this.#tcp.writableLength;
  }

  /** Ends it politely; `ended` follows within a second. */
  close(): void {
    if (this.#ended || this.#ending !== undefined) return;
    this.#ending = { how: "closed", code: 1000, reason: "" };
    if (this.#answer === undefined) this.#write(closeFrame(1000));
    else this.#tcp.destroy();
    setTimeout(() => this.#tcp.destroy(), CLOSE_MS).unref();
  }

  /** Drops it as if the network had: for a line that has gone silent. */
  drop(reason: string): void {
    this.#drop(lost(reason));
  }

  /** Reads no more: what the server sends piles up on its side, once the kernels' buffers are full. */
  pause(): void {
    this.#tcp.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#tcp.resume();
  }

  /** Breaks the connection at once, by a TCP reset, as a network that changed or a process that died does. */
  reset(reason: string): void {
    this.#ending ??= lost(reason);
    this.#tcp.resetAndDestroy();
  }

  #read(bytes: Buffer): void {
    if (this.#answer === undefined) {
      this.#reader.push(bytes);
      return;
    }
    this.#answer = Buffer.concat([this.#answer, bytes]);
    const answer = readUpgrade(this.#answer, this.#accept);
    if (answer === undefined) return;
    if (!("opened" in answer)) {
      this.#drop({ how: "refused", ...answer });
      return;
    }
    this.#answer = undefined;
    this.#tcp.setTimeout(0);
    this.#hears.opened?.();
    if (answer.rest.length > 0) this.#reader.push(answer.rest);
  }

  #closed(code: number, reason: string): void {
    if (this.#ending === undefined) this.#write(closeFrame(code === 1005 ? undefined : code));
    this.#ending ??= { how: "closed", code, reason };
    this.#tcp.end();
    setTimeout(() => this.#tcp.destroy(), CLOSE_MS).unref();
  }

  #drop(ending: SocketEnding): void {
    this.#ending ??= ending;
    this.#tcp.destroy();
  }

  #write(bytes: Buffer): void {
    if (!this.#tcp.destroyed && this.#tcp.writable) this.#tcp.write(bytes);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const silent: SocketEnding =
      this.#answer === undefined ? lost("the connection was lost") : { how: "unreachable", detail: "hung up during the handshake" };
    this.#hears.ended(this.#ending ?? silent);
  }
}

function dial(url: URL, source: string | undefined, read: (bytes: Buffer) => void): TcpSocket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "wss:" || url.protocol === "https:";
  const port = Number(url.port) || (isTls ? 443 : 80);
  const from = source === undefined ? {} : { localAddress: source };
  if (isTls) {
    const tls = connectTls({ host, port, ...from, servername: /^[\d.]+$|:/.test(host) ? "" : host });
    tls.on("data", read);
    return tls;
  }
  const onread = {
    buffer: READ_BUFFER,
    callback: (length: number) => {
      read(READ_BUFFER.subarray(0, length));
      return true;
    },
  };
  const tcp = connectTcp({ host, port, ...from, onread });
  // Without a "data" listener the end of the stream is only noticed while it flows.
  tcp.resume();
  return tcp;
}

function handshake(url: URL, key: string, protocols: readonly string[]): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(", ")}`] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** 1006: lost without a close frame (RFC 6455 §7.1.5). */
function lost(reason: string): SocketEnding {
  return { how: "closed", code: 1006, reason };
}
