import { isNumber, parseObject } from "../core/json.ts";

/** What this browser tab remembers of a host between reloads; gone with the tab. */
const KEYS = { ticket: "ticket", onAir: "on-air", muted: "muted" } as const;

/** A host's memory in this tab, kept apart by room. */
export class HostMemory {
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
  }

  get onAir(): boolean {
    return this.#read("onAir") === "yes";
  }

  set onAir(yes: boolean) {
    this.#write("onAir", yes ? "yes" : undefined);
  }

  get muted(): boolean {
    return this.#read("muted") === "yes";
  }

  set muted(yes: boolean) {
    this.#write("muted", yes ? "yes" : undefined);
  }

  /**
   * The host's ticket: out of the address (`#ticket=…`), which is cleared, so that it is not shared, photographed or kept in the
   * history by mistake; else the one of before a reload.
   */
  takeTicket(): string | undefined {
    const given = new URLSearchParams(location.hash.slice(1)).get("ticket");
    if (given !== null && given !== "") {
      this.#write("ticket", given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return this.#read("ticket");
  }

  #read(key: keyof typeof KEYS): string | undefined {
    return sessionStorage.getItem(this.#name(key)) ?? undefined;
  }

  #write(key: keyof typeof KEYS, value: string | undefined): void {
    if (value === undefined) sessionStorage.removeItem(this.#name(key));
    else sessionStorage.setItem(this.#name(key), value);
  }

  #name(key: keyof typeof KEYS): string {
    return `canopy:${this.#room}:${KEYS[key]}`;
  }
}

/** When a ticket expires, in ms since 1970; nothing if it cannot be read or never does. Its signature is the room's business. */
export function ticketExpiryMs(ticket: string): number | undefined {
  const claims = ticket.split(".")[1];
  if (claims === undefined) return undefined;
  try {
    const expiry = parseObject(atob(claims.replaceAll("-", "+").replaceAll("_", "/")))?.["exp"];
    return isNumber(expiry) ? expiry * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
