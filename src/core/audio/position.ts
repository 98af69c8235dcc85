/** Where a chunk stands in an audience's history: epochs first, then sequences within one. */
export type Position = {
  /** One incarnation of the root, u32. */
  readonly epoch: number;
  /** One more per chunk within the epoch, u32. */
  readonly sequence: number;
};

/** Below every chunk: who has heard nothing yet. Epochs begin at 1. */
export const BEFORE_ALL: Position = { epoch: 0, sequence: 0 };

/** No chunk of an epoch has a greater sequence: behind it is the next epoch. */
export const LAST_SEQUENCE = 0xffff_ffff;

/** Negative if `a` came before `b`, positive if after, 0 if they are the same chunk. */
export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}

/** True if `next` directly continues `before`: the same epoch, one sequence on. */
export function continues(before: Position, next: Position): boolean {
  return before.epoch === next.epoch && before.sequence + 1 === next.sequence;
}

/** `epoch.sequence`, as it stands in `?from=`. */
export function formatPosition(position: Position): string {
  return `${position.epoch}.${position.sequence}`;
}

/** The only door through which `epoch.sequence` becomes a Position; both are u32 without sign or leading plus. */
export function parsePosition(text: string): Position | undefined {
  const found = /^(\d{1,10})\.(\d{1,10})$/.exec(text);
  if (found === null) return undefined;
  const epoch = Number(found[1]);
  const sequence = Number(found[2]);
  return epoch <= 0xffff_ffff && sequence <= 0xffff_ffff ? { epoch, sequence } : undefined;
}
