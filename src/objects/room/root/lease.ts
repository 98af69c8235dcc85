import { log } from "../../log.ts";

/** A publishing root renews its lease this often, in ms. */
const RENEW_MS = 5_000;
/** Without a confirmed write for so long it has lost it, in ms: two renewals, so that one slow disk write silences nobody. */
const HELD_MS = 10_000;

/**
 * The right of one instance of a room's object to publish: that its own storage still takes what it writes.
 *
 * A platform that moves an object elsewhere cuts the old instance off from the storage first. An instance that does not notice it would
 * go on feeding the tree beside its own successor, in an epoch that nobody knows to be stale.
 */
export class Lease {
  readonly #storage: DurableObjectStorage;
  readonly #lost: (why: string) => void;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #heldAt = 0;

  /** @param lost called once when it is lost while it was held */
  constructor(storage: DurableObjectStorage, lost: (why: string) => void) {
    this.#storage = storage;
    this.#lost = lost;
  }

  /** From here on the room publishes. */
  hold(): void {
    if (this.#renewing !== undefined) return;
    this.#heldAt = Date.now();
    this.#renewing = setInterval(() => this.#renew(), RENEW_MS);
    this.#renew();
  }

  /** It publishes no more, and needs no lease. */
  drop(): void {
    clearInterval(this.#renewing ?? null);
    this.#renewing = undefined;
  }

  #renew(): void {
    if (Date.now() - this.#heldAt > HELD_MS) return this.#lose("the storage has not answered");
    const since = Date.now();
    this.#write(since).then(
      () => {
        this.#heldAt = Math.max(this.#heldAt, since);
      },
      (fault: unknown) => this.#lose(String(fault)),
    );
  }

  /** Unconfirmed, so that no sound waits for a disk; `sync` then tells when it is safe. */
  async #write(at: number): Promise<void> {
    await this.#storage.put("lease", at, { allowUnconfirmed: true });
    await this.#storage.sync();
  }

  #lose(why: string): void {
    if (this.#renewing === undefined) return;
    this.drop();
    log("lease-lost", { why });
    this.#lost(why);
  }
}
