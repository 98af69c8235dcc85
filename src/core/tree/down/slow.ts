/** Most bytes that may wait in front of one listener's line: 16 s of one voice at 32 kbit/s, and 500 such listeners cost 32 MB. */
export const QUEUE_BYTES = 64 * 1024;
/** A line that has drained to this, in bytes, moves again. */
const DRAINED_BYTES = QUEUE_BYTES / 4;
/** Who could not be sent anything for so long, in ms, is sent away to come back on a fresh connection. */
const HOPELESS_MS = 30_000;
/** A line that acknowledges is asked to do so every 5 s; after so long without a word, in ms, what it was sent counts as waiting. */
export const ACK_LATE_MS = 12_000;

/** What to do for a listener whose turn has come. `skip`: go on at the live edge, and say what was left out. */
export type Turn = "send" | "hold" | "skip" | "close";

/**
 * Keeps what waits in front of one line below QUEUE_BYTES, or what one turn brings if that is more. Above it nothing more is queued; once the
 * line has drained it is sent what it missed, turn by turn; if some of that is not kept any more, it goes on at the live edge: a line that
 * is too slow for the sound hears the newest of it, with gaps that are told. A line that never drains is closed.
 *
 * @param queued bytes that wait on the line
 * @param bytes what comes next for it
 * @param heldMs for how long nothing was sent to it; undefined if its last turn was sent
 * @param isLost some of what it missed is not kept any more
 */
export function turnOf(queued: number, bytes: number, heldMs: number | undefined, isLost: boolean): Turn {
  if (heldMs === undefined) return queued === 0 || queued + bytes <= QUEUE_BYTES ? "send" : "hold";
  if (heldMs >= HOPELESS_MS) return "close";
  if (queued > DRAINED_BYTES || (queued > 0 && queued + bytes > QUEUE_BYTES)) return "hold";
  return isLost ? "skip" : "send";
}
