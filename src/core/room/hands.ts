import type { SessionId } from "../ids.ts";
import { isKeptOut, nameOf, type Room } from "./state.ts";
import { no, type Step } from "./step.ts";

/** Hands that wait at once; nodes below keep a fair sample of all that are raised. */
export const MOST_HANDS = 50;
/** Where hands were full they are taken again once no more than these wait: one that goes up and down is not news to everybody each time. */
const HANDS_AGAIN = 40;
/** A hand that nobody answers goes down by itself, in ms. */
export const HAND_MS = 10 * 60_000;
/** Who was asked up and does not come, in ms, makes room for others. */
export const INVITATION_MS = 60_000;

/** Whether a hand can be raised. */
export function handsAre(room: Room): "open" | "full" | "closed" {
  if (room.stageLocked || room.phase === "ended") return "closed";
  return room.handsFull === true ? "full" : "open";
}

/** The room, with whether its hands are full. */
export function withHandsCounted(room: Room): Room {
  const waiting = room.hands.length;
  const isFull = waiting >= MOST_HANDS || (room.handsFull === true && waiting > HANDS_AGAIN);
  if (isFull === (room.handsFull === true)) return room;
  const { handsFull: _, ...open } = room;
  return isFull ? { ...open, handsFull: true } : open;
}

/** A listener raises his hand. Everybody is told when none are taken, so nobody is told in person. */
export function raise(room: Room, session: SessionId, name: string, now: number): Step {
  if (room.speakers.has(session) || isKeptOut(room, session)) return { room };
  const invitation = room.invited.find((one) => one.session === session);
  // A page that was loaded anew does not know that it was asked up.
  if (invitation !== undefined) return { room, late: [{ do: "whisper", to: session, name: invitation.name, hand: "invited" }] };
  const waits = room.hands.some((one) => one.session === session);
  if (!waits && handsAre(room) !== "open") return { room };
  const hands = waits
    ? room.hands.map((hand) => (hand.session === session ? { ...hand, name } : hand))
    : [...room.hands, { session, name, since: now }];
  return { room: { ...room, hands }, late: [{ do: "whisper", to: session, name, hand: "raised" }] };
}

/** A listener takes his hand down, or does not want to come up. */
export function lower(room: Room, session: SessionId): Step {
  if (!waits(room, session)) return { room };
  return { room: without(room, session), late: [{ do: "whisper", to: session, name: nameOf(room, session), hand: "none" }] };
}

/** Asks somebody up, whether or not he raised a hand; he has a minute to come. */
export function invite(room: Room, session: SessionId, now: number): Step {
  if (isKeptOut(room, session)) return no(room, "kept-out");
  if (room.stageLocked) return no(room, "stage-locked");
  const others = room.invited.filter((one) => one.session !== session);
  if (room.speakers.size + others.length >= room.maxSpeakers) return no(room, "stage-full");
  const name = nameOf(room, session);
  const invited = [...others, { session, name, until: now + INVITATION_MS }];
  return { room: { ...without(room, session), invited }, late: [{ do: "whisper", to: session, name, hand: "invited" }] };
}

/** Says no to a hand, or takes an invitation back. */
export function decline(room: Room, session: SessionId): Step {
  if (!waits(room, session)) return no(room, "no-hand");
  return {
    room: without(room, session),
    late: [{ do: "whisper", to: session, name: nameOf(room, session), hand: "none", code: "declined" }],
  };
}

/** Nobody new comes up: who was asked is told; who raised a hand waits for better times. */
export function lockStage(room: Room, locked: boolean): Step {
  if (!locked) return { room: { ...room, stageLocked: false } };
  const told = room.invited.map(({ session, name }) => ({ do: "whisper", to: session, name, hand: "none", code: "stage-locked" }) as const);
  return { room: { ...room, stageLocked: true, invited: [] }, late: told };
}

/** Takes down what nobody answered in time. */
export function expire(room: Room, now: number): Step {
  const over = [...room.hands.filter(({ since }) => since + HAND_MS <= now), ...room.invited.filter(({ until }) => until <= now)];
  if (over.length === 0) return { room };
  const hands = room.hands.filter(({ since }) => since + HAND_MS > now);
  const invited = room.invited.filter(({ until }) => until > now);
  const told = over.map(({ session, name }) => ({ do: "whisper", to: session, name, hand: "none", code: "expired" }) as const);
  return { room: { ...room, hands, invited }, late: told };
}

/** The room without what this session waits for. */
export function without(room: Room, session: SessionId): Room {
  if (!waits(room, session)) return room;
  return {
    ...room,
    hands: room.hands.filter((one) => one.session !== session),
    invited: room.invited.filter((one) => one.session !== session),
  };
}

function waits(room: Room, session: SessionId): boolean {
  return [...room.hands, ...room.invited].some((one) => one.session === session);
}
