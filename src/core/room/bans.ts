import type { SessionId } from "../ids.ts";
import { without as withoutHand } from "./hands.ts";
import { withoutQuestions } from "./questions.ts";
import { closing, without } from "./stage.ts";
import { type KeptOut, nameOf, type Room } from "./state.ts";
import { no, type Step } from "./step.ts";

/** People who are kept out at once, removed or banned: every leaf knows all of them. */
export const MOST_KEPT_OUT = 1_000;
/** Hashes of addresses are forgotten after so long, in ms, and the secret they were made with. */
export const ADDRESS_MS = 24 * 3_600_000;

/** How somebody is kept out. */
type How = { readonly banned: boolean; readonly byAddress: boolean };

/** Out of the room, wherever he is, and not back in with the same ticket or the same id. */
export function keepOut(room: Room, session: SessionId, how: How, now: number): Step {
  const before = room.keptOut.find((one) => one.session === session);
  if (before === undefined && room.keptOut.length >= MOST_KEPT_OUT) return no(room, "kept-out-full");
  const speaker = room.speakers.get(session);
  const byAddress = how.byAddress || (before?.byAddress ?? false);
  const address = byAddress ? (before?.address ?? speaker?.address) : undefined;
  const one: KeptOut = { session, name: nameOf(room, session), banned: how.banned || (before?.banned ?? false), byAddress, address };
  const keptOut = [...room.keptOut.filter((other) => other.session !== session), one];
  const next = withoutQuestions(withoutHand(without(room, session), session), session);
  return {
    room: { ...next, keptOut, addressesSince: byAddress ? (room.addressesSince ?? now) : room.addressesSince },
    early: [
      ...(speaker === undefined ? [] : [{ do: "silence", voice: speaker.voice } as const]),
      // Before the bans are told: a leaf that has closed his sockets does not know any more where he came from.
      { do: "dismiss", session, address: byAddress && address === undefined },
    ],
    late: speaker === undefined ? [] : closing(speaker, "removed"),
  };
}

/** Lets somebody in again. */
export function letIn(room: Room, session: SessionId): Step {
  const keptOut = room.keptOut.filter((one) => one.session !== session);
  return keptOut.length === room.keptOut.length ? no(room, "not-kept-out") : { room: { ...room, keptOut } };
}

/** A leaf tells where somebody came from; what nobody asked for is not kept. */
export function learnAddress(room: Room, session: SessionId, address: string): Step {
  const wanted = room.keptOut.some((one) => one.session === session && one.byAddress && one.address === undefined);
  if (!wanted) return { room };
  return { room: { ...room, keptOut: room.keptOut.map((one) => (one.session === session ? { ...one, address } : one)) } };
}

/** Addresses have been kept for long enough: they go, and with them the secret. Who was banned stays banned by his id. */
export function forgetAddresses(room: Room, now: number): Step {
  if (room.addressesSince === undefined || room.addressesSince + ADDRESS_MS > now) return { room };
  return { room: withoutAddresses(room), late: [{ do: "forget-addresses" }] };
}

/** The room without a trace of where anybody came from. */
export function withoutAddresses(room: Room): Room {
  const keptOut = room.keptOut.map((one) => ({ ...one, byAddress: false, address: undefined }));
  const speakers = new Map([...room.speakers].map(([session, speaker]) => [session, { ...speaker, address: undefined }]));
  return { ...room, keptOut, speakers, addressesSince: undefined };
}
