/** What came of each time that a webhook was told something. */
export type Told = "taken" | "not-taken" | "given-up";

const told: Record<Told, number> = { taken: 0, "not-taken": 0, "given-up": 0 };
const waiting = new Map<string, number>();

/** One more, in this isolate. */
export function toldByWebhook(came: Told): void {
  told[came]++;
}

/** How many letters wait in that object now. */
export function waitForWebhooks(object: string, letters: number): void {
  if (letters > 0) waiting.set(object, letters);
  else waiting.delete(object);
}

/** Everything counted so far, and what waits now, in this isolate. */
export function webhooksSoFar(): { readonly told: Readonly<Record<Told, number>>; readonly waiting: number } {
  return { told, waiting: [...waiting.values()].reduce((sum, letters) => sum + letters, 0) };
}
