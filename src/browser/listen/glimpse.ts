import { isCount, parseObject } from "../../core/json.ts";
import type { RoomPhase } from "../../core/wire/messages.ts";

/** Whoever looks at a room without listening hears of it this often, in ms. */
const EVERY_MS = 30_000;

/** What may be known of a room from outside. `opensAt`: while its doors are closed, in ms since 1970. */
export type Glimpse = { readonly phase: RoomPhase; readonly listeners: number | undefined; readonly opensAt?: number | undefined };

/** The phase that a text names; a room of which nothing is known is quiet. */
export function phaseOf(said: unknown): RoomPhase {
  return said === "live" || said === "ended" ? said : "quiet";
}

/**
 * Looks at the room every 30 s while the page is seen and `wanted`: at once when the page is seen again after longer.
 *
 * @param onGlimpse is not called for what could not be fetched or is no longer wanted
 * @returns looks at once, if the page is seen and it is wanted
 */
export function watchRoom(room: string, wanted: () => boolean, onGlimpse: (glimpse: Glimpse) => void): () => void {
  let lookedAt = performance.now();
  const look = async () => {
    if (document.visibilityState !== "visible" || !wanted() || performance.now() - lookedAt < EVERY_MS) return;
    lookedAt = performance.now();
    const seen = await glimpse(room);
    if (seen !== undefined && wanted()) onGlimpse(seen);
  };
  setInterval(() => void look(), 1_000);
  document.addEventListener("visibilitychange", () => void look());
  return () => {
    lookedAt = Number.NEGATIVE_INFINITY;
    void look();
  };
}

/** What the server says of `room` now, as `GET /api/rooms/:room` answers; nothing if it cannot be asked. */
async function glimpse(room: string): Promise<Glimpse | undefined> {
  const answer = await fetch(`/api/rooms/${encodeURIComponent(room)}`).catch(() => undefined);
  if (answer?.status === 410) return { phase: "ended", listeners: undefined };
  if (answer === undefined || !answer.ok) return undefined;
  const said = parseObject(await answer.text().catch(() => ""));
  if (said === undefined) return undefined;
  const { phase, listeners, opensAt } = said;
  // An answer may be some seconds old: doors whose time has come are open.
  const at = typeof opensAt === "string" ? Date.parse(opensAt) : Number.NaN;
  return { phase: phaseOf(phase), listeners: isCount(listeners) ? listeners : undefined, opensAt: at > Date.now() ? at : undefined };
}
