import type { SessionId } from "../../core/ids.ts";
import { HAND_SAYS } from "../../core/room/refusals.ts";
import type { Role } from "../../core/room/roles.ts";
import type { RoomEffect } from "../../core/room/state.ts";
import type { TicketText, You } from "../../core/wire/messages.ts";
import type { Awake } from "./reign.ts";
import type { Stage } from "./stage/stage.ts";
import { makeSession, signTicket, type TicketOf } from "./tickets.ts";

/** Signs the tickets that a room gives to people, and hands them over: to a listener on his leaf, to who is on stage on his own line. */
export class TicketGiving {
  readonly #stage: Stage;
  readonly #awake: Awake;

  constructor(stage: Stage, awake: Awake) {
    this.#stage = stage;
    this.#awake = awake;
  }

  /** Tells a listener how his hand stands; who is invited gets the ticket that opens the stage. */
  async whisper({ to, name, hand, code }: Extract<RoomEffect, { do: "whisper" }>): Promise<void> {
    const why = code === undefined ? {} : { code, says: HAND_SAYS[code] };
    const you: You = { type: "you", session: to, hand, ...why };
    if (hand !== "invited") return this.#awake.root.whisper(to, JSON.stringify(you));
    const ticket = await this.#sign({ session: to, role: "speaker", name });
    // What was taken back while it was signed is not handed out.
    if (!this.#awake.people.invited.some(({ session }) => session === to)) return;
    this.#awake.root.whisper(to, JSON.stringify({ ...you, ticket }));
  }

  /** Somebody on stage has another role: his new ticket says so. */
  async renew({ to, role, name }: Extract<RoomEffect, { do: "new-ticket" }>): Promise<void> {
    const ticket = await this.#sign({ session: to, role, name });
    if (this.#awake.people.speakers.get(to)?.role === role) this.#give(to, role, name, ticket);
  }

  /** A listener's ticket, as somebody on stage asked for it. */
  async giveListener(to: SessionId, name: string): Promise<void> {
    this.#give(to, "listener", name, await this.listener(name));
  }

  /** A ticket that lets a listener of that name into a private room. */
  listener(name: string): Promise<string> {
    return this.#sign({ session: makeSession("listener"), role: "listener", name });
  }

  #give(to: SessionId, role: Role, name: string, ticket: string): void {
    const text: TicketText = { type: "ticket", revision: 0, roomTime: this.#awake.root.roomTime, role, name, ticket };
    this.#stage.tellThose(JSON.stringify(text), (session) => session === to);
  }

  #sign(of: TicketOf): Promise<string> {
    const { keys, room } = this.#awake.record;
    return signTicket(keys, room, { ...of, from: this.#awake.people.doors?.opensAt });
  }
}
