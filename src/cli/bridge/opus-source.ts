import { OggReader } from "../../core/audio/ogg-reader.ts";
import { type NotReframed, Reframer } from "../../core/audio/repacketize.ts";

/** Bytes without a single page after which they are no Ogg stream: four of the longest pages. */
const NO_OGG_BYTES = 256 * 1024;
/** Packets in a row that cannot be taken, after which the source is refused: a line may change one, no line changes so many. */
const MAX_FAULTS = 5;
/** What the first packet of a stream begins with, by what it then holds. */
const CODECS: readonly (readonly [string, string])[] = [
  ["\x01vorbis", "Ogg Vorbis"],
  ["\x7fFLAC", "Ogg FLAC"],
  ["Speex   ", "Ogg Speex"],
  ["\x80theora", "Ogg Theora (video)"],
];

/** What a source brings. */
export type SourceHears = {
  /** An Opus packet of 20 ms. @param starts a stream begins with it */
  frame(frame: Uint8Array, starts: boolean): void;
  /** What the stream says that it is called. */
  title(title: string): void;
  /** It cannot be taken, and why, in a sentence that tells what to set in the encoder. Nothing is read after that. */
  refused(says: string): void;
};

/** Ogg Opus as encoders send it, as packets of 20 ms: one stream after another, for ever. */
export class OpusSource {
  readonly #hears: SourceHears;
  readonly #ogg: OggReader;
  readonly #reframer = new Reframer();
  #serial: number | undefined;
  /** What the next packet of the stream is. */
  #next: "tags" | "sound" = "tags";
  #starts = false;
  #faults = 0;
  #lost = 0;
  #isRefused = false;

  constructor(hears: SourceHears) {
    this.#hears = hears;
    this.#ogg = new OggReader({
      packet: (packet, serial, begins) => this.#packet(packet, serial, begins),
      lost: (bytes) => {
        this.#lost += bytes;
      },
    });
  }

  /** Takes the next bytes; they may be reused once this returns. */
  push(bytes: Uint8Array): void {
    if (this.#isRefused) return;
    this.#ogg.push(bytes);
    if (this.#serial === undefined && this.#lost > NO_OGG_BYTES) {
      this.#refuse("That is no Ogg stream. Set the encoder to Ogg Opus.");
    }
  }

  #packet(packet: Uint8Array, serial: number, begins: boolean): void {
    if (this.#isRefused) return;
    if (begins) this.#begins(packet, serial);
    else if (serial !== this.#serial) return;
    else if (this.#next === "tags") {
      this.#next = "sound";
      const title = titleIn(packet);
      if (title !== undefined) this.#hears.title(title);
    } else this.#sound(packet);
  }

  #begins(packet: Uint8Array, serial: number): void {
    const text = Buffer.from(packet.subarray(0, 8)).toString("latin1");
    if (text !== "OpusHead") {
      const [, codec] = CODECS.find(([mark]) => text.startsWith(mark)) ?? [];
      // Beside the sound there may be another stream, e.g. one that describes it.
      if (codec !== undefined && this.#serial === undefined) this.#refuse(`That is ${codec}. Set the encoder to Ogg Opus.`);
      return;
    }
    const channels = packet[9] ?? 0;
    if (channels !== 1 && channels !== 2) {
      this.#refuse(`That has ${channels} channels. Set the encoder to mono or stereo (ffmpeg: -ac 2).`);
      return;
    }
    this.#serial = serial;
    this.#next = "tags";
    this.#starts = true;
    this.#reframer.startAnew();
  }

  #sound(packet: Uint8Array): void {
    const frames = this.#reframer.take(packet);
    if (typeof frames === "string") {
      if (frames === "frames-too-long" || ++this.#faults >= MAX_FAULTS) this.#refuse(REFUSALS[frames]);
      return;
    }
    this.#faults = 0;
    for (const frame of frames) {
      this.#hears.frame(frame, this.#starts);
      this.#starts = false;
    }
  }

  #refuse(says: string): void {
    this.#isRefused = true;
    this.#hears.refused(says);
  }
}

const REFUSALS: Readonly<Record<NotReframed, string>> = {
  malformed: "Its Opus packets cannot be read.",
  "frames-too-long": "Its Opus frames are 40 or 60 ms long. Set the encoder to frames of 20 ms (ffmpeg: -frame_duration 20).",
  "frames-too-large": "Its Opus packets are too large. Set the encoder to at most 256 kbit/s.",
};

/** What the comment header (RFC 7845 §5.2) says of artist and title; undefined if it says neither. */
export function titleIn(tags: Uint8Array): string | undefined {
  const bytes = Buffer.from(tags.buffer, tags.byteOffset, tags.byteLength);
  if (bytes.toString("latin1", 0, 8) !== "OpusTags" || bytes.length < 12) return undefined;
  let at = 12 + bytes.readUInt32LE(8);
  if (at + 4 > bytes.length) return undefined;
  const found = new Map<string, string>();
  const count = bytes.readUInt32LE(at);
  at += 4;
  for (let left = Math.min(count, 1_000); left > 0 && at + 4 <= bytes.length; left--) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const [name = "", ...value] = bytes.toString("utf8", at + 4, end).split("=");
    found.set(name.toUpperCase(), value.join("="));
    at = end;
  }
  return titled(found.get("ARTIST"), found.get("TITLE"));
}

/** Artist and title in one line, for a person's eyes; undefined if there is nothing to read. */
export function titled(artist: string | undefined, title: string | undefined): string | undefined {
  const parts = [artist, title].map((part) => (part ?? "").replace(/[\p{Cc}\p{Cf}]/gu, " ").trim()).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(" – ").slice(0, 200);
}
