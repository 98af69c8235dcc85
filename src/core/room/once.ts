import type { Room } from "./state.ts";
import type { Step } from "./step.ts";

/** Asks that are remembered: all that can come, 16 a second, while nodes still tell one, 10 s (core/tree/people/heard-asks.ts, ask-pool.ts). */
const REMEMBERED = 160;

/**
 * What a listener asked is done once, also where a room that has begun a new life is told it again: else a hand that was declined would stand
 * up again.
 *
 * @param ask what tells it from every other; what changes nothing is not remembered
 */
export function once(room: Room, ask: string | undefined, then: () => Step): Step {
  if (ask !== undefined && room.handled.includes(ask)) return { room };
  const step = then();
  if (ask === undefined || step.room === room) return step;
  return { ...step, room: { ...step.room, handled: [...step.room.handled, ask].slice(-REMEMBERED) } };
}
