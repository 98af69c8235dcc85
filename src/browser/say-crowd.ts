import type { Words } from "../core/say/words.ts";
import { words } from "./words.ts";

/** How far a room is ready for the crowd that its host expects; as the API says it. */
export type CrowdProgress = {
  readonly expected: number;
  readonly seats: number;
  readonly leaves: number;
  readonly ready: number;
  readonly capped: boolean;
  /** More want in just now than the operator allows. */
  readonly full: boolean;
};

/** What the host reads of it. */
export function sayCrowd({ expected, seats, leaves, ready, capped, full }: CrowdProgress, { studio, count }: Words = words): string {
  if (full) return studio.crowd.full(count.plain(seats));
  if (expected === 0) return studio.crowd.grows;
  if (ready < leaves) return studio.crowd.percent(count.plain(Math.floor((ready / leaves) * 100)));
  const seated = studio.crowd.ready(count.plain(seats));
  return capped ? `${seated} ${studio.crowd.capped}` : seated;
}

/** True while there is news to wait for. */
export function isWaking({ expected, leaves, ready }: CrowdProgress): boolean {
  return expected > 0 && ready < leaves;
}
