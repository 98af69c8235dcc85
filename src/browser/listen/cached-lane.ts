import type { OpenLane } from "../../core/audio/lanes.ts";
import { CachedLane, LANE_ANSWER_MS, type LaneMachine } from "../../core/wire/cached-lane.ts";
import type { State } from "../../core/wire/messages.ts";

/**
 * Opens cached lanes of this page's server; for Lanes.
 *
 * @param ticket that lets one into a private room
 * @param reads true while the listener reads captions
 */
export function cachedLanes(ticket: string | undefined, reads: () => boolean): OpenLane<readonly State[]> {
  const headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
  return (path, heard, until, tells) => {
    const stopped = new AbortController();
    const lane = new CachedLane(machine(path, headers, stopped.signal), heard, until, tells, reads);
    return {
      stop() {
        lane.stop();
        stopped.abort();
      },
    };
  };
}

/** @param stopped what is still on its way is let go of then */
function machine(path: string, headers: Readonly<Record<string, string>>, stopped: AbortSignal): LaneMachine {
  let timer: number | undefined;
  return {
    now: () => performance.now(),
    wake(afterMs, ring) {
      window.clearTimeout(timer);
      timer = afterMs === undefined ? undefined : window.setTimeout(ring, afterMs);
    },
    async ask(name) {
      try {
        const signal = AbortSignal.any([stopped, AbortSignal.timeout(LANE_ANSWER_MS)]);
        const answer = await fetch(`${path}/${name}`, { signal, headers });
        return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
      } catch {
        return { status: 0, body: new Uint8Array(0) };
      }
    },
    textOf: (body) => new TextDecoder().decode(body),
  };
}
