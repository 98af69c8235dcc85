/** How long one waits for the answer to another's question, in ms, before asking for oneself. */
const SHARED_MS = 1_000;

/**
 * Questions that many want answered at the same time, asked once: a storm on one isolate is one request to an object.
 *
 * A question dies with the request that asked it: after a while one of those who wait asks anew, and the others wait for that one.
 */
export class SharedQuestions<Key, Answer> {
  readonly #asking = new Map<Key, Promise<Answer>>();

  /** The answer to `key`, by whoever asked first. @throws what `question` throws */
  async ask(key: Key, question: () => Promise<Answer>): Promise<Answer> {
    for (let others = this.#asking.get(key); others !== undefined; others = this.#asking.get(key)) {
      const shared = await Promise.race([
        others.then((answer) => ({ answer })),
        new Promise<undefined>((late) => setTimeout(late, SHARED_MS)),
      ]);
      if (shared !== undefined) return shared.answer;
      if (this.#asking.get(key) === others) this.#asking.delete(key);
    }
    const asked = question();
    this.#asking.set(key, asked);
    try {
      return await asked;
    } finally {
      if (this.#asking.get(key) === asked) this.#asking.delete(key);
    }
  }

  /** Nothing that is asked about `key` now is to be believed. */
  forget(key: Key): void {
    this.#asking.delete(key);
  }
}
