import type { KeptLinks } from "../core/tree/node.ts";
import { ENDED } from "./sockets.ts";

/** Marks an accepted socket as the link above. */
export const UPLINK = "uplink";

/** The sockets that outlived an object's sleep, as the mind must know them; those that are closing are gone already. */
export function keptSockets(state: DurableObjectState): KeptLinks<WebSocket> {
  const above: { link: WebSocket; parent: string }[] = [];
  const below: { link: WebSocket; wasLive: boolean }[] = [];
  for (const link of state.getWebSockets()) {
    if (link.readyState !== WebSocket.READY_STATE_OPEN) continue;
    const kept: unknown = link.deserializeAttachment();
    if (kept === ENDED) continue;
    if (!state.getTags(link).includes(UPLINK)) below.push({ link, wasLive: kept === "live" });
    else if (typeof kept === "object" && kept !== null && "parent" in kept && typeof kept.parent === "string") {
      above.push({ link, parent: kept.parent });
    }
  }
  return { above, below };
}
