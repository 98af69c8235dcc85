/**
 * What a page says about itself to whoever measures it, as `window.canopy`: plain numbers, renewed some times a second.
 *
 * Listener: state (idle, opening, open, waiting, ended), phase of the room, bufferMs, behindMs, holes, stalls, stalledMs, splices,
 * firstSoundMs (click to first sound), reconnects, listening, held, lane (live, cached), at (what sounds now: epoch and roomTimeMs).
 * Host: state, phase, onAir, muted, microphone, level (−dBov), roundTripMs, unsentBytes, leftOut (frames), reconnects.
 */
export type Facts = { readonly [name: string]: string | number | boolean | object | undefined };

/** Publishes `facts` as `window.canopy`. */
export function publish(facts: Facts): void {
  Object.assign(window, { canopy: facts });
}
