import { comparePositions, type Position } from "../../audio/position.ts";
import type { Run } from "../../audio/recent.ts";
import { type Message, messagesOf } from "./greeting.ts";
import { type Break, breakBetween, type Part, part } from "./parts.ts";

/** What comes after a position, and where one stands who has heard it. Written as messages once, for all who are sent it. */
export class Slice {
  readonly parts: readonly Part[];
  readonly through: Position;
  #messages: readonly Message[] | undefined;

  constructor(parts: readonly Part[], through: Position) {
    this.parts = parts;
    this.through = through;
  }

  /** As messages for listeners. @param roomTimeMs where the newest chunk ends: the same whenever this slice is asked for */
  messages(roomTimeMs: number): readonly Message[] {
    this.#messages ??= messagesOf(this.parts, roomTimeMs);
    return this.#messages;
  }
}

/**
 * What one is sent who stands at `position`: `run`, which comes after it, with a break before whatever does not continue; also where nothing is
 * kept of what was missed.
 *
 * @param newest where all ends that there is: a run that was bounded ends before
 * @param join gives the bytes of chunks that follow each other, back to back
 */
export function sliceOf(position: Position, run: Run, newest: Position, join: (run: Run) => Uint8Array): Slice {
  const last = run.last?.position;
  const through = last === undefined || comparePositions(last, newest) === 0 ? newest : last;
  if (run.length > 0 || comparePositions(position, newest) >= 0) return new Slice(partsOf(run, position, join), through);
  const broken = breakBetween(position, { epoch: newest.epoch, sequence: newest.sequence + 1 });
  return new Slice(broken === undefined ? [] : [part(new Uint8Array(0), broken)], through);
}

function partsOf(run: Run, position: Position, join: (run: Run) => Uint8Array): readonly Part[] {
  const { first } = run;
  if (first !== undefined && run.isUnbroken) return [part(join(run), breakBetween(position, first.position))];
  const parts: Part[] = [];
  let from = 0;
  let before: Break | undefined;
  let last = position;
  for (let index = 0; index < run.length; index++) {
    const next = run.at(index)?.position ?? last;
    const broken = breakBetween(last, next);
    if (broken !== undefined) {
      if (index > from) parts.push(part(join(run.part(from, index)), before));
      from = index;
      before = broken;
    }
    last = next;
  }
  if (run.length > from) parts.push(part(join(run.part(from, run.length)), before));
  return parts;
}
