/** Opus's own rate, in Hz; the microphone is resampled to it once, at capture. */
export const SAMPLE_RATE_HZ = 48_000;
/** Samples in one ms. */
export const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1_000;
/** Length of one frame, in ms: Opus's default, and the best ratio of overhead to delay for speech (RFC 6716 §2.1.4). */
export const FRAME_MS = 20;
/** Samples per channel in one frame: 960. */
export const FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS;
/** Largest frame a speaker may send, in bytes: what Opus's highest rate (510 kbit/s) makes of 20 ms (RFC 6716 §2.1.1). */
export const MAX_FRAME_BYTES = 1_275;
/** What a speaker's page encodes at, in kbit/s: speech is transparent to most ears from about 24 (RFC 6716 §2.1.1). */
export const SPEECH_KBPS = 32;
/** The lengths of chunk that a room may choose, in ms; 100 costs a leaf 10 sends a second and listener. */
export const CHUNK_MS_CHOICES = [40, 100, 200] as const;
export type ChunkMs = (typeof CHUNK_MS_CHOICES)[number];
/** How long a chunk is unless the room chose otherwise, in ms. */
export const DEFAULT_CHUNK_MS: ChunkMs = 100;
/** Voices that may sound at once; a listener cannot follow more, and bytes are bounded by it. */
export const MAX_VOICES = 4;
/** The level of silence: −127 dBov, as RFC 6464 §3 has it. 0 is the loudest. */
export const SILENCE_LEVEL = 127;
