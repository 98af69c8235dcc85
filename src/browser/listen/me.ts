import { ME_PROTOCOL_PREFIX, PROTOCOL, TICKET_PROTOCOL_PREFIX } from "../../core/wire/ticket.ts";
import { takeGivenTicket, ticketIn } from "../page/given-ticket.ts";

/** A browser's id has 128 bits of luck. */
const ID_BYTES = 16;

/** Who this browser is in one room: an id that it drew for itself, and the invitation that it came with, if any. Each room gets another id. */
export type Me = {
  readonly id: string;
  /** A ticket that lets one into a private room. */
  readonly invitation: string | undefined;
};

/**
 * Who this browser is in `room`: as it was before, or drawn anew. The invitation comes out of the address (`#ticket=…`), which is cleared, so
 * that it is not shared or photographed by mistake; else it is the one of an earlier visit.
 *
 * Where nothing can be kept (a private window, storage forbidden), all this lasts as long as the page.
 */
export function meIn(room: string): Me {
  const id = read(`canopy:${room}:me`, isId) ?? keep(`canopy:${room}:me`, drawId());
  const { ticket } = takeGivenTicket();
  const name = `canopy:${room}:invitation`;
  return { id, invitation: ticket === undefined ? read(name, (text) => ticketIn(text) !== undefined) : keep(name, ticket) };
}

/** The subprotocols that a listener offers: nothing of this stands in an address, because addresses are logged. */
export function listenProtocols({ id, invitation }: Me): readonly string[] {
  const ticket = invitation === undefined ? [] : [`${TICKET_PROTOCOL_PREFIX}${invitation}`];
  return [PROTOCOL, `${ME_PROTOCOL_PREFIX}${id}`, ...ticket];
}

function drawId(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(ID_BYTES))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

function read(name: string, isWhole: (text: string) => boolean): string | undefined {
  try {
    const kept = localStorage.getItem(name) ?? undefined;
    return kept !== undefined && isWhole(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function keep(name: string, value: string): string {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It lasts as long as the page.
  }
  return value;
}
