/** Why a connection ended, and what to do next. */
export type Ending = {
  /** WebSocket close code. 44xx: come back after a while. 45xx: stay away and say why. */
  readonly code: number;
  readonly again: boolean;
  /** What people read; at most 123 bytes of UTF-8, the limit of a close reason (RFC 6455 §5.5). */
  readonly says: string;
};

/** Every way in which Canopy ends a connection. */
export const ENDING = {
  restarting: { code: 4400, again: true, says: "The server is restarting" },
  slow: { code: 4401, again: true, says: "Your connection could not keep up" },
  full: { code: 4402, again: true, says: "The room is full at this moment" },
  unfed: { code: 4403, again: true, says: "This branch of the tree lost its room" },
  uprooted: { code: 4404, again: true, says: "This link was replaced by a newer one" },
  diverted: { code: 4405, again: true, says: "The room is very full: listen by segments, and try again" },
  ended: { code: 4500, again: false, says: "The room is over" },
  superseded: { code: 4501, again: false, says: "You went on air from another window; this one is off" },
  moved: { code: 4502, again: false, says: "Another room has taken this audience over" },
  removed: { code: 4503, again: false, says: "A host removed you from this room" },
  private: { code: 4504, again: false, says: "This room is private: you need an invitation" },
  "off-stage": { code: 4505, again: false, says: "You are back among the listeners" },
  "listener-sent-binary": { code: 4510, again: false, says: "Listeners cannot send sound" },
  "message-too-large": { code: 4511, again: false, says: "That message was too large" },
  "message-malformed": { code: 4512, again: false, says: "That message could not be read" },
  "too-many-messages": { code: 4513, again: false, says: "Too many messages" },
} as const satisfies Record<string, Ending>;

export type EndingName = keyof typeof ENDING;

const ENDING_NAMES = Object.keys(ENDING).filter((name): name is EndingName => Object.hasOwn(ENDING, name));

/** The name of the ending with this close code; undefined for one that is not Canopy's. */
export function endingOf(code: number): EndingName | undefined {
  return ENDING_NAMES.find((name) => ENDING[name].code === code);
}

/** True if a client whose connection closed with `code` should come back: 44xx, and all that the network did (1001, 1006, …). */
export function comesBack(code: number): boolean {
  return code < 4500 || code > 4599;
}
