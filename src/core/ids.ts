declare const brand: unique symbol;
/** A value that has passed its one door; see the parser or maker beside each alias. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** A room's public name, as it stands in the URL: 3 to 64 of `a-z`, `0-9` and `-`. */
export type RoomId = Brand<string, "RoomId">;
/** The identity of a tree and of everybody on it; outlives the room object that feeds it. */
export type AudienceId = Brand<string, "AudienceId">;
/** One person's stay in a room, across reconnects: 8 to 64 of `A-Z a-z 0-9 _ -`. */
export type SessionId = Brand<string, "SessionId">;
/** An instant on the room's timeline, in ms since its epoch began. */
export type RoomTime = Brand<number, "RoomTime">;
/** An instant on this machine's clock, in ms. Never compared with another machine's. */
export type LocalTime = Brand<number, "LocalTime">;

/** The only door through which text becomes a RoomId. */
export function parseRoomId(text: string): RoomId | undefined {
  return /^[a-z0-9-]{3,64}$/.test(text) ? (text as RoomId) : undefined;
}

/** What people write when they are asked for a room's name, as one: “Fête d’été” as `fete-d-ete`. It may be too short for one, or nothing. */
export function roomNameFrom(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** The audience that a room plants for itself: it bears the room's name, but is a thing of its own. */
export function audienceOf(room: RoomId): AudienceId {
  return room as string as AudienceId;
}

/** The only door through which text becomes an AudienceId: it has a RoomId's shape. */
export function parseAudienceId(text: string): AudienceId | undefined {
  return parseRoomId(text) === undefined ? undefined : (text as AudienceId);
}

/** The only door through which text becomes a SessionId. */
export function parseSessionId(text: string): SessionId | undefined {
  return /^[A-Za-z0-9_-]{8,64}$/.test(text) ? (text as SessionId) : undefined;
}

/** Marks `ms` since the epoch began as room time. */
export function roomTime(ms: number): RoomTime {
  return ms as RoomTime;
}

/** Marks a reading of this machine's own clock, in ms. */
export function localTime(ms: number): LocalTime {
  return ms as LocalTime;
}
