/** What a tab remembers of who speaks in it, between reloads; gone with the tab. HostMemory is one. */
export interface SpeakerMemory {
  onAir: boolean;
  muted: boolean;
  /** The room refused the ticket. */
  ticketRefused(): void;
  /** The room gave a new one in place of it. */
  keepTicket(ticket: string): void;
}

/** The memory of a listener who came up to the stage from the page he is on. */
export class GuestMemory implements SpeakerMemory {
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
  }

  /** The ticket that brought him up; undefined while he is among the listeners. */
  get ticket(): string | undefined {
    return sessionStorage.getItem(this.#name("ticket")) ?? undefined;
  }

  set ticket(ticket: string | undefined) {
    this.#write("ticket", ticket);
  }

  get onAir(): boolean {
    return sessionStorage.getItem(this.#name("on-air")) !== null;
  }

  set onAir(yes: boolean) {
    this.#write("on-air", yes ? "yes" : undefined);
  }

  get muted(): boolean {
    return sessionStorage.getItem(this.#name("muted")) !== null;
  }

  set muted(yes: boolean) {
    this.#write("muted", yes ? "yes" : undefined);
  }

  ticketRefused(): void {
    this.ticket = undefined;
  }

  keepTicket(ticket: string): void {
    this.ticket = ticket;
  }

  #write(key: string, value: string | undefined): void {
    if (value === undefined) sessionStorage.removeItem(this.#name(key));
    else sessionStorage.setItem(this.#name(key), value);
  }

  #name(key: string): string {
    return `canopy:${this.#room}:guest-${key}`;
  }
}
