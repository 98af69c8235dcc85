/** Every *no* of a room's people: its stable code, and what people read where the verb says nothing better. */
export const REFUSALS = {
  "hosts-only": "Only the host and co-hosts can do this",
  "host-only": "Only the host can do this",
  "co-hosts-only": "Only a co-host can take the room over",
  "not-on-stage": "This needs somebody who is on stage",
  "on-stage-already": "They are on stage already",
  outranked: "This is not possible with the host, or with a co-host who comes before you",
  "not-yourself": "You cannot do this to yourself",
  "not-a-co-host": "They are no co-host",
  "host-stays": "Make somebody else the host first, or end the room",
  "no-line": "Connect to the stage first, then go on air",
  "mute-locked": "A host has locked your microphone",
  "stage-full": "The stage is full: somebody has to step down first",
  "stage-locked": "The stage is locked: unlock it first",
  "no-hand": "They have no hand raised and no invitation",
  "co-hosts-full": "There are two co-hosts already",
  "not-here": "They are not connected just now",
  "host-is-here": "The host is still here",
  "not-your-turn": "Another co-host may take over before you",
  "kept-out": "A host removed them from this room: lift that first",
  "kept-out-full": "A thousand people are kept out already: lock the room instead",
  "not-kept-out": "They are not banned",
  "doors-closed": "The doors are not open yet: open them now, or wait until they open by themselves",
  "doors-open": "The doors are open",
  "not-scheduled": "This room is not scheduled",
  "live-already": "Somebody is on air: schedule the room once it is quiet",
  "opens-too-soon": "That time has passed",
  "opens-too-late": "That is more than a year away",
  "question-unknown": "That question is not in the queue any more",
  "caption-off-air": "Captions belong to what the audience hears: go on air, and unmute, first",
  "caption-final": "That line is final already: say the next one with an id of its own",
  "caption-too-often": "That was too many captions at once: say each line no more than a few times a second",
  "recording-unavailable": "This server keeps no recordings: rooms here are live only",
  removed: "A host removed you from this room",
  "off-stage": "You are not on this stage any more. Raise your hand to be invited again",
  "room-ended": "This room is over",
  "room-moved": "Another room feeds this audience now",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A *no* with a reason: programs read `code`, people read `says`. */
export type Refusal = { readonly code: RefusalCode; readonly says: string };

/** The *no* of this code. @param says what people read, where it says more than the code's own sentence */
export function refusal(code: RefusalCode, says: string = REFUSALS[code]): Refusal {
  return { code, says };
}

/** Why a listener's hand is not up any more, for him to read. */
export const HAND_SAYS = {
  declined: "Not now: the host has declined",
  expired: "Nobody answered in time. You can raise your hand again",
  "stage-locked": "The stage was locked meanwhile",
  demoted: "The host has sent you back to the audience",
} as const;
