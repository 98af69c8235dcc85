import { parseSessionId } from "../../core/ids.ts";
import { isFields } from "../../core/json.ts";
import type { KeptLinks } from "../../core/tree/node-effect.ts";
import { parseAddress } from "../../core/tree/people/bans.ts";
import { ENDED } from "../sockets.ts";

/** Marks an accepted socket as the link above. */
export const UPLINK = "uplink";

/** Kept with the socket of a listener of whom nothing more is to be known than that he was greeted. */
const LIVE = "live";

/** What outlives a leaf's sleep with a listener's socket. */
export type KeptListener = Omit<KeptLinks<WebSocket>["below"][number], "link">;

/** The sockets that outlived an object's sleep, as the mind must know them; those that are closing are gone already. */
export function keptSockets(state: DurableObjectState): KeptLinks<WebSocket> {
  const above: { link: WebSocket; parent: string }[] = [];
  const below: KeptLinks<WebSocket>["below"][number][] = [];
  for (const link of state.getWebSockets()) {
    if (link.readyState !== WebSocket.READY_STATE_OPEN) continue;
    const kept: unknown = link.deserializeAttachment();
    if (kept === ENDED) continue;
    if (!state.getTags(link).includes(UPLINK)) below.push({ link, ...listenerOf(kept) });
    else if (isFields(kept) && typeof kept["parent"] === "string") above.push({ link, parent: kept["parent"] });
  }
  return { above, below };
}

/** Remembers with a listener's socket all that his leaf must still know of him after a sleep. */
export function keepListener(socket: WebSocket, { wasLive, person = {} }: KeptListener): void {
  if (Object.values(person).some((said) => said !== undefined)) socket.serializeAttachment({ wasLive, person });
  else if (wasLive) socket.serializeAttachment(LIVE);
}

function listenerOf(kept: unknown): KeptListener {
  if (!isFields(kept)) return { wasLive: kept === LIVE };
  const { session, address, isHearing, isRaised } = isFields(kept["person"]) ? kept["person"] : {};
  const person = {
    session: typeof session === "string" ? parseSessionId(session) : undefined,
    address: typeof address === "string" ? parseAddress(address) : undefined,
    isHearing: isHearing === true,
    isRaised: isRaised === true,
  };
  return { wasLive: kept["wasLive"] === true, person };
}
