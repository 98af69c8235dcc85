import { localTime } from "../../core/ids.ts";
import { JoinQueue } from "../../core/tree/people/join-queue.ts";

/** Who joins through this isolate, whatever the room: what they share is its thread. */
const queue = new JoinQueue();

/**
 * Waits until it is this join's turn; false, soon, if that would take too long.
 *
 * Each waits on a timer of its own: what one request set must not be waited for by another, which would end with it.
 */
export async function turn(): Promise<boolean> {
  const came = Date.now();
  const number = queue.draw(localTime(came));
  for (;;) {
    const before = Date.now();
    const waitMs = queue.waitMs(number, before - came, localTime(before));
    if (waitMs === undefined) return false;
    if (waitMs === 0) return true;
    await scheduler.wait(waitMs);
    const now = Date.now();
    queue.woke(now - before - waitMs, localTime(now));
  }
}
