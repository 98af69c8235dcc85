/** Longest line that tells a chunk's length, in bytes, extensions included. */
const MAX_LINE_BYTES = 256;
/** Largest chunk that is believed, in bytes: its bytes are handed on as they come, so this is against nonsense alone. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

/** Takes the chunks apart in which HTTP/1.1 sends a body without a length (RFC 9112 §7.1), however the network cut them. */
export class ChunkedBody {
  readonly #body: (bytes: Buffer) => void;
  #line = "";
  /** Bytes of the chunk that are still to come; undefined while its length is read. */
  #left: number | undefined;
  /** Bytes behind a chunk that only end it. */
  #endOfChunk = 0;

  /** @param body is handed the body's bytes; they are good only until the call returns */
  constructor(body: (bytes: Buffer) => void) {
    this.#body = body;
  }

  /** Takes the next bytes. @returns "over" after the last chunk, "malformed" for what are no chunks: then nothing more may be pushed */
  push(bytes: Buffer): "more" | "over" | "malformed" {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left !== undefined && this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left);
        this.#left -= end - at;
        this.#body(bytes.subarray(at, end));
        at = end;
        if (this.#left === 0) this.#endOfChunk = 2;
      } else if (this.#endOfChunk > 0) {
        const wanted = this.#endOfChunk === 2 ? 0x0d : 0x0a;
        if (bytes[at++] !== wanted) return "malformed";
        if (--this.#endOfChunk === 0) this.#left = undefined;
      } else {
        const end = bytes.indexOf(0x0a, at);
        this.#line += bytes.toString("latin1", at, end < 0 ? bytes.length : end);
        if (this.#line.length > MAX_LINE_BYTES) return "malformed";
        if (end < 0) return "more";
        at = end + 1;
        const length = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\r?$/.exec(this.#line)?.[1];
        this.#line = "";
        if (length === undefined) return "malformed";
        this.#left = Number.parseInt(length, 16);
        if (this.#left > MAX_CHUNK_BYTES) return "malformed";
        if (this.#left === 0) return "over";
      }
    }
    return "more";
  }
}
