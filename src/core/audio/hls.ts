import { FRAME_MS, FRAME_SAMPLES } from "./format.ts";
import { mediaSegment } from "./fragment.ts";

/** Packets in one fragment: two seconds, as one of our own segments. */
export const FRAGMENT_PACKETS = 100;
/** Fragments that a playlist lists: players start three behind its end (RFC 8216 §6.3.3) and may be one late. */
const LISTED = 6;
/** Fragments that are kept: a playlist's, and those of the one before for who is slow (RFC 8216 §6.2.2). */
const KEPT = LISTED + 6;

type Fragment = { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * The newest two-second fragments of one line of packets, and the playlist that names them (RFC 8216).
 *
 * A fragment's number follows from its time alone (how many times two seconds since 1970), so whoever makes it, and after whatever pause, goes on
 * with the same numbers.
 */
export class HlsWindow {
  #fragments: Fragment[] = [];
  #open: Uint8Array[] = [];
  #from: number | undefined;

  /** Takes the next packets. @param slot of the first of them */
  add(packets: readonly Uint8Array[], slot: number): void {
    for (const [index, packet] of packets.entries()) {
      const place = (slot + index) % FRAGMENT_PACKETS;
      if (place === 0) {
        this.#open = [];
        this.#from = slot + index;
      }
      // What began in the middle of a fragment is of none.
      if (this.#from === undefined) continue;
      this.#open.push(packet);
      if (this.#open.length === FRAGMENT_PACKETS) this.#close(this.#from);
    }
  }

  /** A fragment's bytes; undefined if it is not there, or not any more. */
  find(number: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#fragments.find((fragment) => fragment.number === number)?.bytes;
  }

  /** The first and the last number that is there; undefined while there is none. */
  get numbers(): { readonly first: number; readonly last: number } | undefined {
    const [first, last] = [this.#fragments[0], this.#fragments.at(-1)];
    return first === undefined || last === undefined ? undefined : { first: first.number, last: last.number };
  }

  /** True once there is enough to begin with. */
  get isReady(): boolean {
    return this.#fragments.length >= LISTED / 2;
  }

  /** The playlist. @param ended nothing will be added any more */
  playlist(ended: boolean): string {
    const listed = this.#fragments.slice(-LISTED);
    const first = listed[0]?.number ?? 0;
    const lines = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      `#EXT-X-TARGETDURATION:${(FRAGMENT_PACKETS * FRAME_MS) / 1_000}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      "#EXT-X-INDEPENDENT-SEGMENTS",
      `#EXT-X-MAP:URI="live/init.mp4"`,
    ];
    if (listed.length > 0) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(first * FRAGMENT_PACKETS * FRAME_MS).toISOString()}`);
    for (const { number } of listed) {
      lines.push(`#EXTINF:${((FRAGMENT_PACKETS * FRAME_MS) / 1_000).toFixed(3)},`, `live/${number}.m4s`);
    }
    if (ended) lines.push("#EXT-X-ENDLIST");
    return `${lines.join("\n")}\n`;
  }

  #close(from: number): void {
    const number = from / FRAGMENT_PACKETS;
    // A playlist counts what it lists: where some were never made, it begins anew.
    if (this.#fragments.at(-1)?.number !== number - 1) this.#fragments = [];
    this.#fragments.push({ number, bytes: mediaSegment(number, from * FRAME_SAMPLES, this.#open) });
    if (this.#fragments.length > KEPT) this.#fragments.shift();
    this.#from = undefined;
  }
}
