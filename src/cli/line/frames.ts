import { randomFillSync } from "node:crypto";

/** Largest frame taken from a server, in bytes: a greeting of 30 s at 4 voices and 510 kbit/s is below 8 MiB. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** RFC 6455 §5.2. */
const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a FrameReader finds. Bytes are views, good only until the call returns. */
export type FrameHears = {
  text(text: string): void;
  binary(message: Buffer): void;
  ping(payload: Buffer): void;
  close(code: number, reason: string): void;
  fault(why: string): void;
};

/**
 * Finds WebSocket messages in the bytes that a server sends, however the network cut them (RFC 6455 §5).
 *
 * Copies only what a read left incomplete, so that thousands of readers fit one process.
 */
export class FrameReader {
  readonly #hears: FrameHears;
  /** The start of a frame that is not whole yet; joined once, when `#wantedBytes` have come. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #wantedBytes = 0;
  #parts: Buffer[] | undefined;
  #partsAreText = false;
  #done = false;

  constructor(hears: FrameHears) {
    this.#hears = hears;
  }

  /** Takes the next bytes; they may be reused once this returns. After a close or a fault nothing more is read. */
  push(bytes: Buffer): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push(Buffer.from(bytes));
      this.#waitingBytes += bytes.length;
      if (this.#waitingBytes < this.#wantedBytes) return;
    }
    const all = this.#waiting.length === 0 ? bytes : Buffer.concat(this.#waiting);
    let at = 0;
    this.#wantedBytes = 0;
    while (!this.#done) {
      const end = this.#frameAt(all, at);
      if (end === undefined) break;
      at = end;
    }
    this.#waiting = at === all.length || this.#done ? [] : [Buffer.from(all.subarray(at))];
    this.#waitingBytes = all.length - at;
  }

  /** Reads the frame at `at` and says where it ends; undefined if it is not whole yet. */
  #frameAt(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < 2) return undefined;
    const first = bytes.readUInt8(at);
    const second = bytes.readUInt8(at + 1);
    if ((first & 0x70) !== 0) return this.#fault("a frame with reserved bits, though no extension was agreed");
    if ((second & 0x80) !== 0) return this.#fault("a masked frame, which only clients send");
    let start = at + 2;
    let length = second & 0x7f;
    if (length === 126) {
      if (bytes.length - at < 4) return undefined;
      length = bytes.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (bytes.length - at < 10) return undefined;
      if (bytes.readUInt32BE(at + 2) !== 0) return this.#fault("a frame of more than 4 GiB");
      length = bytes.readUInt32BE(at + 6);
      start = at + 10;
    }
    if (length > MAX_FRAME_BYTES) return this.#fault(`a frame of ${length} bytes`);
    const end = start + length;
    if (bytes.length < end) {
      this.#wantedBytes = end - at;
      return undefined;
    }
    this.#frame(first & 0x0f, (first & 0x80) !== 0, bytes.subarray(start, end));
    return end;
  }

  #frame(opcode: number, final: boolean, payload: Buffer): void {
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.binary:
        if (this.#parts !== undefined) this.#fault("a new message inside an unfinished one");
        else if (final) this.#message(payload, opcode === OPCODE.text);
        else {
          this.#parts = [Buffer.from(payload)];
          this.#partsAreText = opcode === OPCODE.text;
        }
        return;
      case OPCODE.continuation: {
        if (this.#parts === undefined) {
          this.#fault("a continuation of nothing");
          return;
        }
        this.#parts.push(Buffer.from(payload));
        if (!final) return;
        const whole = Buffer.concat(this.#parts);
        this.#parts = undefined;
        this.#message(whole, this.#partsAreText);
        return;
      }
      case OPCODE.ping:
        this.#hears.ping(payload);
        return;
      case OPCODE.pong:
        return;
      case OPCODE.close:
        this.#done = true;
        // 1005: a close frame without a code (RFC 6455 §7.1.5).
        this.#hears.close(payload.length >= 2 ? payload.readUInt16BE(0) : 1005, payload.toString("utf8", 2));
        return;
      default:
        this.#fault(`a frame of unknown kind ${opcode}`);
    }
  }

  #message(payload: Buffer, isText: boolean): void {
    if (isText) this.#hears.text(payload.toString("utf8"));
    else this.#hears.binary(payload);
  }

  #fault(why: string): undefined {
    this.#done = true;
    this.#hears.fault(`the server sent ${why}`);
    return undefined;
  }
}

/** A text, final and masked, as a client must send it. */
export function textFrame(text: string): Buffer {
  return maskedFrame(OPCODE.text, Buffer.from(text, "utf8"));
}

/** A binary message, final and masked. */
export function binaryFrame(message: Uint8Array): Buffer {
  return maskedFrame(OPCODE.binary, message);
}

/** The answer to a ping: its payload again. */
export function pongFrame(payload: Uint8Array): Buffer {
  return maskedFrame(OPCODE.pong, payload);
}

/** The close frame; without a code it is empty, as the answer to an empty one must be. */
export function closeFrame(code?: number): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return maskedFrame(OPCODE.close, payload);
}

function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const length = payload.byteLength;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + lengthBytes + 4;
  const out = Buffer.allocUnsafe(head + length);
  out.writeUInt8(0x80 | opcode, 0);
  out.writeUInt8(0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127), 1);
  if (lengthBytes === 2) out.writeUInt16BE(length, 2);
  if (lengthBytes === 8) out.writeBigUInt64BE(BigInt(length), 2);
  randomFillSync(out, head - 4, 4);
  for (let at = 0; at < length; at++) out[head + at] = (payload[at] ?? 0) ^ (out[head - 4 + (at & 3)] ?? 0);
  return out;
}
