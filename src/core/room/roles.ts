/** Who somebody is in a room. A co-host is a speaker who may also run the room; rank 1 comes before rank 2. */
export type Role = "host" | "co-host" | "speaker" | "listener";

/** From the one who may do most to the one who may do least. */
export const ROLES: readonly Role[] = ["host", "co-host", "speaker", "listener"];

/** True of a role's word. */
export function isRole(said: unknown): said is Role {
  return said === "host" || said === "co-host" || said === "speaker" || said === "listener";
}
