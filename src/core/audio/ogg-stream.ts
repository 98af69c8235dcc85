import { FRAME_SAMPLES } from "./format.ts";
import { MIDWAY_PRE_SKIP, oggPage, opusHead, opusHeaderPages, opusTags, stampPage } from "./ogg.ts";
import { padOpus } from "./opus.ts";

/** Packets on a page: 200 ms. */
export const PAGE_PACKETS = 10;

/**
 * No packet is shorter than this, in bytes: 48 kbit/s at the least, in silence too.
 *
 * Chromium hands on what it loads in blocks of 32 KiB, and waits for each to be whole. So a stream must bring such a block in less time than its
 * listeners are behind: at this rate one takes 5.3 s, so that with a burst of eight its player starts at once and is never without. Silence alone, at three bytes a packet,
 * would take minutes.
 */
const LEAST_PACKET_BYTES = 120;

/** Where one listener stands in a stream of his own: he starts at nought, whenever he comes, and has no hole, whatever he missed. */
export type OggPlace = {
  readonly serial: number;
  /** The next page that he is sent, of all that were ever made. */
  next: number;
  sequence: number;
  granule: number;
};

/** The newest pages of one line of packets, made once and numbered for each who hears them. */
export class OggStream {
  readonly #keep: number;
  readonly #pages: Uint8Array<ArrayBuffer>[] = [];
  #open: Uint8Array[] = [];
  #made = 0;

  /** @param keep pages to keep for who comes, or could not be sent for a while */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Takes the next packets, of 20 ms each. */
  add(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      this.#open.push(padOpus(packet, LEAST_PACKET_BYTES));
      if (this.#open.length < PAGE_PACKETS) continue;
      this.#pages.push(oggPage(this.#open, { serial: 0, sequence: 0, granule: 0 }));
      if (this.#pages.length > this.#keep) this.#pages.shift();
      this.#made++;
      this.#open = [];
    }
  }

  /** Pages that were ever made. */
  get made(): number {
    return this.#made;
  }

  /** Somebody comes; he hears the last `burst` pages at once. @param serial by luck, u32 */
  begin(serial: number, burst: number): OggPlace {
    return { serial, next: Math.max(this.#first, this.#made - burst), sequence: 2, granule: 0 };
  }

  /**
   * What comes next for who stands at `place`, as one piece of whole pages; undefined if that is nothing. Who was away for longer than pages are
   * kept goes on with the last `burst` of them.
   */
  take(place: OggPlace, burst: number): Uint8Array<ArrayBuffer> | undefined {
    if (place.next < this.#first) place.next = Math.max(this.#first, this.#made - burst);
    const pages = this.#pages.slice(place.next - this.#first);
    if (pages.length === 0) return undefined;
    const bytes = new Uint8Array(pages.reduce((sum, page) => sum + page.byteLength, 0));
    let at = 0;
    for (const page of pages) {
      bytes.set(page, at);
      place.granule += PAGE_PACKETS * FRAME_SAMPLES;
      stampPage(bytes.subarray(at, at + page.byteLength), { ...place, sequence: place.sequence++ });
      at += page.byteLength;
    }
    place.next = this.#made;
    return bytes;
  }

  get #first(): number {
    return this.#made - this.#pages.length;
  }
}

/** What a listener's stream begins with. The decoder enters midway, so that it is given 80 ms to settle. */
export function streamHead({ serial }: OggPlace, title: string): Uint8Array<ArrayBuffer> {
  return opusHeaderPages(serial, opusHead(2, MIDWAY_PRE_SKIP), opusTags([["TITLE", title]]));
}

/** The page that says that nothing more comes: empty, so it may follow any other. */
export function streamEnd({ serial, sequence, granule }: OggPlace): Uint8Array<ArrayBuffer> {
  return oggPage([], { serial, sequence, granule, last: true });
}
