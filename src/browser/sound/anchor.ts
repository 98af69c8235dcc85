/** Browsers show their media controls only for files longer than 5 s. */
const SECONDS = 10;
/** The lowest rate that every browser plays, in Hz. */
const RATE_HZ = 8_000;
const HEADER_BYTES = 44;
/** Silence in 8-bit PCM, which is unsigned. */
const SILENCE = 128;

/**
 * A silent file that plays in a loop beside the live sound. Chromium gives the lock screen, the media keys and the headset's
 * buttons only to pages that play a file of some length; live sound alone counts as a short noise there.
 */
export function silentAnchor(): HTMLAudioElement {
  const anchor = new Audio(URL.createObjectURL(new Blob([silentWav()], { type: "audio/wav" })));
  anchor.loop = true;
  return anchor;
}

/** Ten seconds of silence as a WAV file: mono, 8 bits. */
export function silentWav(): Uint8Array<ArrayBuffer> {
  const samples = SECONDS * RATE_HZ;
  const wav = new Uint8Array(HEADER_BYTES + samples).fill(SILENCE, HEADER_BYTES);
  const view = new DataView(wav.buffer);
  const text = (at: number, letters: string) => wav.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM, one channel, a byte a sample.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, samples, true);
  return wav;
}
