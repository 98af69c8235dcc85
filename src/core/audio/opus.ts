import { SAMPLES_PER_MS } from "./format.ts";

/** Frame lengths in ms by the upper five bits of an Opus packet's first byte (RFC 6716 §3.1, table 2). */
const FRAME_MS_BY_CONFIG: readonly number[] = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60], // SILK: narrow, medium, wide band
  ...[10, 20, 10, 20], // hybrid: super-wide and full band
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20], // CELT
];

/** 20 ms of digital silence: CELT, full band, mono, no coded band (RFC 6716 §4.3). */
export const SILENT_PACKET: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

/** How long each frame of an Opus packet is, in ms, by its first byte. */
export function frameMsOf(toc: number): number {
  return FRAME_MS_BY_CONFIG[toc >> 3] ?? 0;
}

/**
 * How much sound an Opus packet holds, in samples per channel at 48 kHz; 0 if it is no Opus packet.
 *
 * Reads the table-of-contents byte alone (RFC 6716 §3.1): config, and how many frames stand in the packet.
 */
export function opusSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const frameMs = frameMsOf(toc);
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 63 : 2;
  const samples = frameMs * frames * SAMPLES_PER_MS;
  return samples > 120 * SAMPLES_PER_MS ? 0 : samples;
}

/**
 * The same packet, made `bytes` long by padding (RFC 6716 §3.2.5), which decoders skip; itself if it is as long already, or is not of the usual kind:
 * one frame.
 */
export function padOpus(packet: Uint8Array, bytes: number): Uint8Array {
  const toc = packet[0];
  // The count of frames and one byte that counts the padding are the least there can be.
  if (toc === undefined || (toc & 3) !== 0 || packet.byteLength + 2 > bytes) return packet;
  const left = bytes - packet.byteLength - 2;
  // A byte of 255 stands for 254 bytes of padding, and another one that counts.
  const more = Math.ceil(Math.max(0, left - 254) / 255);
  const padded = new Uint8Array(bytes);
  padded[0] = toc | 3;
  padded[1] = 0x41;
  padded.fill(255, 2, 2 + more);
  padded[2 + more] = left - more * 255;
  padded.set(packet.subarray(1), 3 + more);
  return padded;
}
