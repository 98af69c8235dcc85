import type { RecordedPerson, Recording, Spell } from "./recording.ts";

/** Spells nearer than this belong together for the eye, in ms: less cannot be told apart on a strip of some hundred pixels. */
const TOGETHER_MS = 4_000;

/** Somebody in a recording, for who shows it: how long he spoke in all, and when, in order. */
export type Heard = { readonly person: RecordedPerson; readonly spokeMs: number; readonly spells: readonly Spell[] };

/** Who is heard in a recording, in order of their tracks; who never sounded is left out. */
export function heardIn({ people, spells }: Pick<Recording, "people" | "spells">): readonly Heard[] {
  const byTrack = new Map<number, Spell[]>();
  for (const spell of spells) {
    const his = byTrack.get(spell.track);
    if (his === undefined) byTrack.set(spell.track, [spell]);
    else his.push(spell);
  }
  return people.flatMap((person) => {
    const his = byTrack.get(person.track)?.sort((one, other) => one.fromMs - other.fromMs);
    if (his === undefined) return [];
    return [{ person, spokeMs: his.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0), spells: his }];
  });
}

/** Where somebody speaks next: the first spell that begins after `ms`, else his first of all; in ms of replay time. */
export function nextSpell({ spells }: Pick<Heard, "spells">, ms: number): number | undefined {
  return (spells.find(({ fromMs }) => fromMs > ms) ?? spells[0])?.fromMs;
}

/** Spells as a path in a box as wide as `durationMs` and 1 high (SVG); neighbours are drawn as one. */
export function drawSpells(spells: readonly Spell[]): string {
  const drawn: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of spells) {
    const last = drawn.at(-1);
    if (last !== undefined && fromMs - last.toMs < TOGETHER_MS) last.toMs = Math.max(last.toMs, toMs);
    else drawn.push({ fromMs, toMs });
  }
  return drawn.map(({ fromMs, toMs }) => `M${fromMs} 0H${toMs}V1H${fromMs}Z`).join("");
}

/** Whose a voice is in its epoch, by track; undefined for who is not in the list. */
export function trackOf(people: readonly RecordedPerson[], epoch: number, voice: number): number | undefined {
  return people.find(({ voices }) => voices.some((one) => one.epoch === epoch && one.voice === voice))?.track;
}
