import { parseSaved, type Saved } from "../../core/tree/saved.ts";

const KEY = "saved";

/** What the node of this object last saved; undefined if it never did. */
export function savedIn({ storage }: DurableObjectState): Saved | undefined {
  const stored = storage.kv.get(KEY);
  return typeof stored === "string" ? parseSaved(stored) : undefined;
}

/** Unconfirmed: no sound waits for a disk. What is lost in a crash is told again by the parent. */
export function save(state: DurableObjectState, saved: Saved): void {
  state.waitUntil(state.storage.put(KEY, JSON.stringify(saved), { allowUnconfirmed: true }));
}
