import type { AudienceId, RoomId, SessionId } from "../../ids.ts";
import { unreachable } from "../../unreachable.ts";
import { keyless, type Plan, type VerifyKey } from "./plan.ts";

/** What the audience must know of the room that feeds it; whatever else stands in it is the public's. */
export type RoomSummary = { readonly room: RoomId; readonly phase: string; readonly recorded?: boolean };

/** Another room took the audience over. */
export type Move = {
  readonly from: RoomId;
  readonly to: RoomId;
  /** The successor ticket that did it: the session that it names. No ticket moves an audience twice. */
  readonly ticket: string;
  /** The key of the room that was left: its tickets can still be told from forgeries. */
  readonly verifyKey: VerifyKey;
};

/** Another room feeds this audience, and this is its plan. `by`: who took it over from the room that is told so, if not that one. */
export type Moved = { readonly moved: RoomId; readonly plan: Plan; readonly by?: RoomId };
/** Somebody who is kept out of this audience, whichever room feeds it, and what he was called. */
export type Outcast = { readonly session: SessionId; readonly name: string };
/** The next epoch, for the room that feeds this audience; with who is kept out, for a room that takes it over. */
export type Claimed<Legacy = unknown> = {
  readonly epoch: number;
  readonly plan: Plan;
  readonly outcasts?: readonly Outcast[];
  /** What the room that is left wants its successor to begin with. */
  readonly legacy?: Legacy;
  /** Something is kept of what was said to this audience before. */
  readonly recorded?: true;
};
export type Known<Summary> = { readonly plan: Plan; readonly summary: Summary };

/** A successor's wish: to feed the audience of `from` instead. */
export type Adoption<Summary> = {
  readonly from: RoomId;
  readonly ticket: string;
  readonly verifyKey: VerifyKey;
  /** The new room's own key to addresses: what was marked under the old one is nobody's any more. */
  readonly addressKey?: string;
  /** The new room, as the public may know it. */
  readonly summary: Summary;
};

/** A tree's identity: its plan, its epoch, who feeds it, and who did before. Never mutated. */
export type Audience<Summary, Legacy = unknown> = {
  readonly known: Known<Summary> | undefined;
  /** The last epoch that was given out; 0 before the first. */
  readonly epoch: number;
  /** Oldest first. */
  readonly moves: readonly Move[];
  /** Who is kept out, as the room that feeds it told last. */
  readonly outcasts: readonly Outcast[];
  /** What a room that takes this audience over begins with, as the room that feeds it told last: nobody asks a room that failed. */
  readonly legacy: Legacy | undefined;
  /** A room that was made to take an audience over has none of its own: what its name is asked for is that audience's. */
  readonly follows: AudienceId | undefined;
};

/**
 * A plan of the new root is newer than any that the old one may have told its tree without the audience having heard of it: it makes one a
 * second at most, so this is eleven days of them.
 */
export const ADOPTION_REVISIONS = 1_000_000;

/** Before anything was planted. */
export const NO_AUDIENCE = { known: undefined, epoch: 0, moves: [], outcasts: [], legacy: undefined, follows: undefined } as const;

/** What may happen to an audience. Looking at it changes nothing: `seenBy`. */
export type AudienceEvent<Summary, Legacy = unknown> =
  /** A room was made, and plants its audience. */
  | { readonly type: "open"; readonly known: Known<Summary>; readonly legacy?: Legacy }
  /** A room is being made that will take another audience over. */
  | { readonly type: "follow"; readonly audience: AudienceId }
  | { readonly type: "claim"; readonly root: RoomId }
  /** The root tells whom it keeps out. */
  | { readonly type: "keep-out"; readonly root: RoomId; readonly outcasts: readonly Outcast[] }
  /** The root tells what a successor is to begin with. */
  | { readonly type: "bequeath"; readonly root: RoomId; readonly legacy: Legacy }
  | { readonly type: "adopt"; readonly adoption: Adoption<Summary> }
  /** The root tells what changed for the public, and its plan. */
  | { readonly type: "note"; readonly known: Known<Summary> };

/** Why an audience cannot be taken over, or nothing that is wrong. */
export type AudienceAnswer<Legacy = unknown> = Claimed<Legacy> | Moved | "ended" | "unknown" | undefined;

/** The audience after `event`, and what its caller is told. Compare-and-set: one event at a time, each on the state that the last one left. */
export function decideAudience<Summary extends RoomSummary, Legacy>(
  audience: Audience<Summary, Legacy>,
  event: AudienceEvent<Summary, Legacy>,
): { readonly audience: Audience<Summary, Legacy>; readonly answer: AudienceAnswer<Legacy> } {
  const { known, epoch, moves } = audience;
  switch (event.type) {
    case "open":
      // Anew as long as nobody has claimed it: a creation that was cut off half way leaves the name free for another try.
      if (epoch > 0) return { audience, answer: undefined };
      return { audience: { ...audience, known: event.known, legacy: event.legacy, follows: undefined }, answer: undefined };
    case "follow":
      // Also over what a creation left behind that was cut off half way: its keys are lost, and it would hide the audience that is taken over.
      return { audience: epoch > 0 ? audience : { ...audience, follows: event.audience }, answer: undefined };
    case "claim": {
      if (known === undefined) return { audience, answer: "unknown" };
      if (known.plan.root !== event.root) return { audience, answer: movedTo(audience, known.plan, event.root) };
      return { audience: { ...audience, epoch: epoch + 1 }, answer: { epoch: epoch + 1, plan: known.plan } };
    }
    case "keep-out":
      if (known === undefined) return { audience, answer: "unknown" };
      if (known.plan.root !== event.root) return { audience, answer: movedTo(audience, known.plan, event.root) };
      return { audience: { ...audience, outcasts: event.outcasts }, answer: undefined };
    case "bequeath":
      if (known === undefined) return { audience, answer: "unknown" };
      if (known.plan.root !== event.root) return { audience, answer: movedTo(audience, known.plan, event.root) };
      if (known.summary.phase === "ended") return { audience, answer: undefined };
      return { audience: { ...audience, legacy: event.legacy }, answer: undefined };
    case "note": {
      if (known === undefined) return { audience, answer: "unknown" };
      const { plan, summary } = event.known;
      if (known.plan.root !== summary.room || plan.root !== summary.room)
        return { audience, answer: movedTo(audience, known.plan, summary.room) };
      // What is over stays over: notes may overtake each other on their way. What was kept of it may go later.
      if (known.summary.phase === "ended" && summary.phase !== "ended") return { audience, answer: undefined };
      const newest = plan.revision > known.plan.revision ? plan : known.plan;
      if (summary.phase !== "ended") return { audience: { ...audience, known: { plan: newest, summary } }, answer: undefined };
      // Nobody succeeds a room that is over: what it left is kept no longer, such as whom to tell and the key that signs it.
      return { audience: { ...audience, known: { plan: keyless(newest), summary }, legacy: undefined }, answer: undefined };
    }
    case "adopt": {
      if (known === undefined) return { audience, answer: "unknown" };
      const { from, ticket, verifyKey, addressKey, summary } = event.adoption;
      const to = summary.room;
      // Whoever was cut off before he had his answer asks again, with the same ticket and for the same room: he has not moved it twice.
      const isAgain = moves.at(-1)?.ticket === ticket && known.plan.root === to;
      if (!isAgain && known.plan.root !== from) return { audience, answer: movedTo(audience, known.plan, from) };
      if (!isAgain && known.summary.phase === "ended") return { audience, answer: "ended" };
      // Who was invited to a private room is invited still: he cannot know that another room goes on with it.
      const host = { root: known.plan.root, verifyKey: known.plan.verifyKey };
      const before = known.plan.listenTicket === true && !isAgain ? { before: host } : {};
      const own = { root: to, verifyKey, ...(addressKey === undefined ? {} : { addressKey }) };
      const plan: Plan = { ...keyless(known.plan), ...before, revision: known.plan.revision + ADOPTION_REVISIONS, ...own };
      const since = isAgain ? moves : [...moves, { from, to, ticket, verifyKey: known.plan.verifyKey }];
      const { outcasts, legacy } = audience;
      const left = {
        outcasts,
        ...(legacy === undefined ? {} : { legacy }),
        ...(known.summary.recorded === true ? { recorded: true as const } : {}),
      };
      return {
        audience: { ...audience, known: { plan, summary }, epoch: epoch + 1, moves: since },
        answer: { epoch: epoch + 1, plan, ...left },
      };
    }
    default:
      return unreachable(event);
  }
}

/** What `room` may know of the audience, if it feeds it or ever did; undefined for a room that only wished to. */
export function seenBy<Summary>({ known, moves }: Audience<Summary>, room: RoomId): Known<Summary> | undefined {
  return known?.plan.root === room || moves.some(({ from }) => from === room) ? known : undefined;
}

/** How the audience left `room`; undefined if it did not. */
export function moveFrom<Summary>({ moves }: Audience<Summary>, room: RoomId): Move | undefined {
  return moves.find(({ from }) => from === room);
}

/** What `room` is told, which does not feed this audience, or not any more. */
function movedTo<Summary>(audience: Audience<Summary>, plan: Plan, room: RoomId): Moved {
  const by = moveFrom(audience, room)?.to;
  return { moved: plan.root, plan, ...(by === undefined || by === plan.root ? {} : { by }) };
}
