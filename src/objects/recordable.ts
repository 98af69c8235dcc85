import type { Env } from "./env.ts";

/** Whether this deployment has somewhere to keep a recording. */
export function isRecordable({ SEGMENTS, RECORDINGS }: Pick<Env, "SEGMENTS" | "RECORDINGS">): boolean {
  return SEGMENTS !== undefined || RECORDINGS === "sqlite";
}
