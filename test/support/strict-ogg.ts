import { opusSamples } from "../../src/core/audio/opus.ts";
import { pagesIn } from "./ogg-pages.ts";

/** What a strict reader makes of an Ogg Opus file. */
export type OggFile = {
  readonly channels: number;
  readonly preSkip: number;
  readonly comments: readonly string[];
  readonly packets: readonly Uint8Array[];
  /** Samples that are played. */
  readonly samples: number;
};

/**
 * Reads an Ogg Opus file as its specifications have it (RFC 3533, RFC 7845), by code of its own.
 *
 * @throws Error at the first thing that a specification forbids, or that any player wonders at
 */
export function readOgg(file: Uint8Array): OggFile {
  const pages = pagesIn(file);
  const packets: Uint8Array[] = [];
  let [granule, total] = [0, 0];
  for (const [index, page] of pages.entries()) {
    must(page.sequence === index && page.serial === pages[0]?.serial, "one stream, its pages in order");
    must(page.first === (index === 0) && page.last === (index === pages.length - 1), "one beginning and one end");
    if (index < 2) {
      must(page.packets.length === 1 && page.granule === 0, "a header on a page of its own");
      continue;
    }
    const samples = page.packets.reduce((sum, packet) => sum + opusSamples(packet), 0);
    must(page.packets.length > 0 && page.packets.every((packet) => opusSamples(packet) > 0), "Opus packets on every page");
    must(samples <= 48_000, "at most a second on a page");
    total += samples;
    must(page.last ? page.granule >= granule && page.granule <= total : page.granule === total, `granule ${page.granule} of page ${index}`);
    granule = page.granule;
    packets.push(...page.packets);
  }
  const [head, tags] = pages.map((page) => page.packets[0]);
  if (head === undefined || tags === undefined) throw new Error("no headers");
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  must(head.length === 19 && text.decode(head.subarray(0, 8)) === "OpusHead" && head[8] === 1 && head[18] === 0, "OpusHead");
  const [channels, preSkip] = [view.getUint8(9), view.getUint16(10, true)];
  must((channels === 1 || channels === 2) && view.getUint32(12, true) === 48_000 && view.getInt16(16, true) === 0, "OpusHead's fields");
  must(granule >= preSkip, "something to play");
  return { channels, preSkip, comments: commentsIn(tags, text), packets, samples: granule - preSkip };
}

function commentsIn(tags: Uint8Array, text: TextDecoder): string[] {
  const view = new DataView(tags.buffer, tags.byteOffset, tags.byteLength);
  must(text.decode(tags.subarray(0, 8)) === "OpusTags", "OpusTags");
  let at = 8;
  const next = (): string => {
    const length = view.getUint32(at, true);
    must(at + 4 + length <= tags.length, "a comment that fits");
    at += 4 + length;
    return text.decode(tags.subarray(at - length, at));
  };
  must(next().length > 0, "a vendor");
  const count = view.getUint32(at, true);
  at += 4;
  const comments = Array.from({ length: count }, next);
  must(at === tags.length, "no more than the comments");
  must(
    comments.every((comment) => /^[\x20-\x3c\x3e-\x7d]+=/.test(comment)),
    "comments with names",
  );
  return comments;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`An Ogg Opus file must have ${what}.`);
}
