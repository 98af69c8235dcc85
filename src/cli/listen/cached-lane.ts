import type { OpenLane } from "../../core/audio/lanes.ts";
import { CachedLane, LANE_ANSWER_MS, type LaneMachine } from "../../core/wire/cached-lane.ts";
import type { State } from "../../core/wire/messages.ts";

/** How a lane fetches: as `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Opens cached lanes of rooms on `server`; for Lanes, which see for how to use it.
 *
 * @param fetches how they fetch; a crowd of lanes shares one that lets no more than some through at once
 * @param ticket that lets one into a private room
 */
export function cachedLanesOf(server: URL, fetches: Fetch = fetch, ticket?: string): OpenLane<readonly State[]> {
  const headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
  const fetchAs: Fetch = (url, init) => fetches(url, { ...init, headers });
  return (path, heard, until, tells) => new CachedLane(machine(new URL(path, server).href, fetchAs), heard, until, tells);
}

/** Requests share Node's own pool of connections. */
function machine(path: string, fetches: Fetch): LaneMachine {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => performance.now(),
    wake(afterMs, ring) {
      clearTimeout(timer);
      timer = afterMs === undefined ? undefined : setTimeout(ring, afterMs);
    },
    async ask(name) {
      try {
        const answer = await fetches(`${path}/${name}`, { signal: AbortSignal.timeout(LANE_ANSWER_MS) });
        return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
      } catch {
        return { status: 0, body: new Uint8Array(0) };
      }
    },
    textOf: (body) => new TextDecoder().decode(body),
  };
}
