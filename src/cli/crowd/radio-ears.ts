import { Agent, get, type IncomingMessage } from "node:http";
import { get as secureGet } from "node:https";

/** Length of an Ogg page's header up to its table of segments, in bytes. */
const HEADER_BYTES = 27;

/** What plain players found of `live.ogg`. */
export type RadioReport = {
  readonly listeners: number;
  readonly joined: number;
  /** Statuses of those who were refused, or why there was no answer. */
  readonly failures: Readonly<Record<string, number>>;
  /** Streams that ended before they were left. */
  readonly ended: number;
  /** Pages that did not follow the one before. */
  readonly broken: number;
  /** The longest time in which nothing came on a stream, in ms: pages come once a second. */
  readonly longestGapMs: number;
  readonly kbps: number;
};

/** Follows the pages of one stream, however the network cuts them. */
class Pages {
  broken = 0;
  #next = 0;
  #held = Buffer.alloc(0);

  push(bytes: Buffer): void {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    let at = 0;
    for (let end = pageEnd(all, at); end !== undefined; end = pageEnd(all, at)) {
      if (all.readUInt32BE(at) !== 0x4f676753 || all.readUInt32LE(at + 18) !== this.#next) this.broken++;
      this.#next = all.readUInt32LE(at + 18) + 1;
      at = end;
    }
    this.#held = Buffer.from(all.subarray(at));
  }
}

function pageEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + HEADER_BYTES) return undefined;
  const table = at + HEADER_BYTES + (bytes[at + 26] ?? 0);
  if (bytes.length < table) return undefined;
  const end = bytes.subarray(at + HEADER_BYTES, table).reduce((sum, length) => sum + length, table);
  return bytes.length < end ? undefined : end;
}

/** Plain players on a room's `live.ogg`, beside a crowd of sockets. */
export class RadioEars {
  readonly #pages: Pages[] = [];
  readonly #agent = { agent: new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY }) };
  readonly #failures: Record<string, number> = {};
  readonly #streams = new Set<IncomingMessage>();
  readonly #startedAt = performance.now();
  #ended = 0;
  #bytes = 0;
  #longestGapMs = 0;
  #left = false;

  /** Sends so many, so many a second. Resolves once each has had an answer. */
  async come(url: URL, listeners: number, perSecond: number): Promise<void> {
    const answers: Promise<void>[] = [];
    for (let index = 0; index < listeners; index++) {
      answers.push(this.#tune(url));
      await new Promise((wake) => setTimeout(wake, 1_000 / perSecond));
    }
    await Promise.all(answers);
  }

  /** Lets all go, and tells what they found. */
  leave(): RadioReport {
    this.#left = true;
    for (const stream of this.#streams) stream.destroy();
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    return {
      listeners: this.#pages.length + Object.values(this.#failures).reduce((sum, one) => sum + one, 0),
      joined: this.#pages.length,
      failures: this.#failures,
      ended: this.#ended,
      broken: this.#pages.reduce((sum, pages) => sum + pages.broken, 0),
      longestGapMs: Math.round(this.#longestGapMs),
      kbps: Math.round((this.#bytes * 8) / 1_000 / seconds / Math.max(1, this.#pages.length)),
    };
  }

  #tune(url: URL): Promise<void> {
    return new Promise((answered) => {
      const fail = (why: string): void => {
        this.#failures[why] = (this.#failures[why] ?? 0) + 1;
        answered();
      };
      const tuned = (stream: IncomingMessage): void => {
        if (stream.statusCode !== 200) {
          stream.resume();
          return fail(String(stream.statusCode));
        }
        this.#follow(stream);
        answered();
      };
      const request = url.protocol === "https:" ? secureGet(url, tuned) : get(url, this.#agent, tuned);
      request.on("error", (fault) => this.#left || fail(fault.message));
    });
  }

  #follow(stream: IncomingMessage): void {
    const pages = new Pages();
    let heardAt = performance.now();
    this.#pages.push(pages);
    this.#streams.add(stream);
    stream.on("data", (bytes: Buffer) => {
      const now = performance.now();
      this.#longestGapMs = Math.max(this.#longestGapMs, now - heardAt);
      heardAt = now;
      this.#bytes += bytes.length;
      pages.push(bytes);
    });
    stream.on("error", () => undefined);
    stream.on("close", () => {
      this.#streams.delete(stream);
      if (!this.#left) this.#ended++;
    });
  }
}
