import type { Message } from "../core/tree/down/greeting.ts";
import type { TallyReport } from "../core/tree/up/totals.ts";

/** A report that nobody writes or reads on its way, and how long it would be, in bytes (reports.ts). */
export type Unwritten = { readonly said: TallyReport; readonly bytes: number };

/** What a link between objects carries. */
export type Carried = Message | Unwritten;

/** True of what a client, too, could be sent. */
export function isMessage(carried: Carried): carried is Message {
  return typeof carried === "string" || carried instanceof Uint8Array;
}

/** Bytes that it is on the wire; texts are ASCII but for names. */
export function bytesIn(carried: Carried): number {
  if (typeof carried === "string") return carried.length;
  return carried instanceof Uint8Array ? carried.byteLength : carried.bytes;
}

/** True of what only a leaf's own listeners hear: sound, and numbers that are told again. */
export function isPatient(carried: Carried): boolean {
  return typeof carried === "string" ? carried.startsWith(AUDIENCE) || carried.startsWith(PASSED) : isMessage(carried);
}

const AUDIENCE = '{"type":"audience"';
const PASSED = '{"type":"passed"';
