import type { Position } from "../../audio/position.ts";
import { parseSessionId, type SessionId } from "../../ids.ts";
import { isCount, isFields, isNumber, parseObject } from "../../json.ts";
import { type Plan, parsePlan } from "../shape/plan.ts";

/**
 * The texts that only nodes exchange, on links between them.
 *
 * A parent that has dialed sends `link` (the plan, the epoch, every newest state), then what the child missed, then `linked`:
 * from there on it is live. Listeners never see these.
 */
export type LinkText =
  | { readonly type: "link"; readonly epoch: number; readonly plan: Plan; readonly states: readonly string[] }
  /** `ageMs`: how long ago the newest chunk came, by the parent's own clock; undefined if none did. `flows`: as in `flow`. */
  | { readonly type: "linked"; readonly newest: Position; readonly ageMs: number | undefined; readonly flows: boolean }
  /**
   * Whether the root's clock runs: while it does, a link that says nothing is broken. Every hop hands it on, and says it again each second
   * in which it has no sound to hand on, so that children do not take the hunger of their parent for its death.
   */
  | { readonly type: "flow"; readonly flows: boolean }
  /** A newer plan; every hop hands it on. */
  | { readonly type: "plan"; readonly plan: Plan }
  /** A sign of life in a planted room that is not live yet, so that no node is put away; every hop hands it on. */
  | { readonly type: "heartbeat" }
  /** A text for one listener: every hop hands it on, and the leaf where his session is gives it to his sockets. */
  | { readonly type: "whisper"; readonly to: SessionId; readonly text: string }
  /** A host removed this session: its sockets are closed. `address`: the leaf where it is tells the room the HMAC of its address. */
  | { readonly type: "remove"; readonly session: SessionId; readonly address: boolean }
  /** A relay has told its parent all that this child had told it up to so many reports: none of it is lost if the relay dies. */
  | { readonly type: "passed"; readonly revision: number }
  /** The room is over, for good: leaves say so to their listeners and close. */
  | { readonly type: "end" };

/** Longest text that is whispered, in UTF-16 units: an invitation with a ticket is some 600. */
const MAX_WHISPER = 4_096;

/** `end` as text. */
export const END_TEXT = JSON.stringify({ type: "end", for: "nodes" });

/** `heartbeat` as text. */
export const HEARTBEAT_TEXT = JSON.stringify({ type: "heartbeat", for: "nodes" });

/** `plan` as text. */
export function formatPlan(plan: Plan): string {
  return JSON.stringify({ type: "plan", for: "nodes", plan });
}

/** `link` as text. */
export function formatLink(epoch: number, plan: Plan, states: readonly string[]): string {
  return JSON.stringify({ type: "link", for: "nodes", epoch, plan, states });
}

/** `linked` as text. */
export function formatLinked(newest: Position, ageMs: number | undefined, flows = false): string {
  return JSON.stringify({ type: "linked", for: "nodes", newest, ageMs, flows });
}

/** `flow` as text. */
export function formatFlow(flows: boolean): string {
  return JSON.stringify({ type: "flow", for: "nodes", flows });
}

/** `whisper` as text. */
export function formatWhisper(to: SessionId, text: string): string {
  return JSON.stringify({ type: "whisper", for: "nodes", to, text });
}

/** `remove` as text. */
export function formatRemove(session: SessionId, address: boolean): string {
  return JSON.stringify({ type: "remove", for: "nodes", session, ...(address ? { address } : {}) });
}

/** `passed` as text. */
export function formatPassed(revision: number): string {
  return `{"type":"passed","for":"nodes","revision":${revision}}`;
}

/** The only door for link texts; anything else is undefined and may be a state. */
export function parseLinkText(text: string): LinkText | undefined {
  const said = parseObject(text);
  if (said === undefined || said["for"] !== "nodes") return undefined;
  if (said["type"] === "end") return { type: "end" };
  if (said["type"] === "linked") return linkedOf(said["newest"], said["ageMs"], said["flows"] === true);
  if (said["type"] === "flow") return { type: "flow", flows: said["flows"] === true };
  if (said["type"] === "heartbeat") return { type: "heartbeat" };
  if (said["type"] === "passed") return isCount(said["revision"]) ? { type: "passed", revision: said["revision"] } : undefined;
  if (said["type"] === "whisper") return whisperOf(said["to"], said["text"]);
  if (said["type"] === "remove") {
    const session = sessionOf(said["session"]);
    return session === undefined ? undefined : { type: "remove", session, address: said["address"] === true };
  }
  const plan = parsePlan(said["plan"]);
  if (said["type"] === "plan") return plan === undefined ? undefined : { type: "plan", plan };
  if (said["type"] !== "link") return undefined;
  const { epoch, states } = said;
  if (plan === undefined || !isCount(epoch) || !Array.isArray(states)) return undefined;
  return { type: "link", epoch, plan, states: states.filter((state) => typeof state === "string") };
}

function whisperOf(to: unknown, text: unknown): LinkText | undefined {
  const session = sessionOf(to);
  if (session === undefined || typeof text !== "string" || text.length > MAX_WHISPER) return undefined;
  return { type: "whisper", to: session, text };
}

function sessionOf(said: unknown): SessionId | undefined {
  return typeof said === "string" ? parseSessionId(said) : undefined;
}

function linkedOf(said: unknown, ageMs: unknown, flows: boolean): LinkText | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, sequence } = said;
  if (!isCount(epoch) || !isCount(sequence)) return undefined;
  return { type: "linked", newest: { epoch, sequence }, ageMs: isNumber(ageMs) ? ageMs : undefined, flows };
}
