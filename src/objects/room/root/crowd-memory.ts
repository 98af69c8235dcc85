import { log } from "../../log.ts";
import type { Root } from "./root.ts";

/** What changed is kept after so long, in ms: a room that dies forgets no more of its peak, its visitors and its reactions. */
const KEEP_MS = 60_000;
const KEY = "crowd";

/** Keeps what a room knows of its audience as a whole through the death of its object. */
export class CrowdMemory {
  readonly #storage: DurableObjectStorage;
  readonly #root: Pick<Root, "memory" | "recall">;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells `root` what was kept; before it counts anything. */
  constructor(storage: DurableObjectStorage, root: Pick<Root, "memory" | "recall">) {
    this.#storage = storage;
    this.#root = root;
    const kept = storage.kv.get(KEY);
    if (typeof kept === "string") root.recall(kept);
  }

  /** Something changed that is to be kept. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // Unconfirmed: no sound waits for a disk.
      const written = this.#storage.put(KEY, this.#root.memory(), { allowUnconfirmed: true });
      written.catch((fault: unknown) => log("crowd-not-kept", { why: String(fault) }));
    }, KEEP_MS);
  }
}
