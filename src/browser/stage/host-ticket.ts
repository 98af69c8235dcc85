import { takeGivenTicket } from "../page/given-ticket.ts";

/** What this browser tab remembers of a host between reloads; gone with the tab. */
const KEYS = { ticket: "ticket", before: "ticket-before", onAir: "on-air", muted: "muted" } as const;

/** What this tab holds of a host link: a ticket, nothing, or one that is not whole. */
export type HostLink = { readonly ticket: string } | { readonly ticket: undefined; readonly broken: boolean };

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
   * history by mistake; else the one of before a reload. What cannot be a ticket replaces none.
   */
  takeTicket(): HostLink {
    const { given, ticket: whole } = takeGivenTicket();
    const before = this.#read("ticket");
    if (whole !== undefined && whole !== before) {
      this.#write("before", before);
      this.#write("ticket", whole);
    }
    const ticket = whole ?? before;
    return ticket === undefined ? { ticket, broken: given } : { ticket };
  }

  /** The room refused the ticket: the one that this tab had before it, if any, is taken after a reload. */
  ticketRefused(): void {
    const before = this.#read("before");
    if (before === undefined) return;
    this.#write("ticket", before);
    this.#write("before", undefined);
  }

  /** The room gave a new ticket in place of the one before, which it may not take any more. */
  keepTicket(ticket: string): void {
    this.#write("ticket", ticket);
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
