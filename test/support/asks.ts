import { parseSessionId, type SessionId } from "../../src/core/ids.ts";
import type { Ask } from "../../src/core/tree/people/asks.ts";

/** The session that the edge would give to somebody of this name. */
export function session(name: string): SessionId {
  const parsed = parseSessionId(`l-${name}`.padEnd(24, "_"));
  if (parsed === undefined) throw new Error(`not a session: ${name}`);
  return parsed;
}

/** A hand raised at leaf 0, unless told otherwise. */
export function anAsk(of: Partial<Ask> & { readonly order: number }): Ask {
  const { leaf = "demo.weur.0.0", kind = "hand", order } = of;
  const name = kind === "hand" || kind === "question" ? "Ana" : "";
  return { id: `${leaf}.${order}`, kind, session: session("ana"), name, text: kind === "question" ? "Why?" : "", luck: 0.5, leaf, ...of };
}
