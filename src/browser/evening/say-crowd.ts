import { whenIn } from "../../core/say/when.ts";
import type { Words } from "../../core/say/words.ts";
import type { CrowdProgress } from "../page/api.ts";
import { words } from "../page/words.ts";

/** What the host reads of it. */
export function sayCrowd(progress: CrowdProgress, { studio, count, doors, language }: Words = words): string {
  const { expected, seats, leaves, ready, capped, full, planned } = progress;
  if (full) return studio.crowd.full(count.plain(seats));
  if (expected === 0 && planned !== undefined) return doors.studio.planned(count.plain(planned.listeners), whenIn(language, planned.at));
  if (expected === 0) return studio.crowd.grows;
  if (ready < leaves) return studio.crowd.percent(count.plain(Math.floor((ready / leaves) * 100)));
  const seated = studio.crowd.ready(count.plain(seats));
  return capped ? `${seated} ${studio.crowd.capped}` : seated;
}

/** True while there is news to wait for. */
export function isWaking({ expected, leaves, ready }: CrowdProgress): boolean {
  return expected > 0 && ready < leaves;
}
