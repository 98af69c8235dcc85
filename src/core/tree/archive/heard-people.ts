import type { RecordedPerson } from "../../audio/recording.ts";
import { parseSessionId, type SessionId } from "../../ids.ts";
import { isCount, isFields, parseObject } from "../../json.ts";

/** People of whom only a name is known until they sound, at most; the oldest give way. */
const MOST_KNOWN = 1_000;

type Who = { readonly session: SessionId; readonly name: string };

/**
 * Who is heard in a recording. Of who is on stage nothing is kept before he sounds in it; then he has a track for good, whatever epoch and
 * under whatever name he comes back.
 */
export class Heard {
  #people: readonly RecordedPerson[];
  /** Who bears which voice, as the room told; by `keyOf`. */
  readonly #known = new Map<string, Who>();
  /** Voices that sounded before anybody said whose they are. */
  readonly #nameless = new Set<string>();
  readonly #tracks = new Map<string, number>();

  constructor(people: readonly RecordedPerson[] = []) {
    this.#people = people;
    for (const { track, voices } of people) for (const { epoch, voice } of voices) this.#tracks.set(keyOf(epoch, voice), track);
  }

  /** In the order of their tracks; another list whenever anything changed. */
  get people(): readonly RecordedPerson[] {
    return this.#people;
  }

  /** The track of a voice, by its key; undefined while nobody knows whose it is. */
  trackOf(key: string): number | undefined {
    return this.#tracks.get(key);
  }

  /** The room tells who is on stage. */
  told(epoch: number, stageText: string): void {
    for (const { voice, session, name } of onStageIn(stageText)) {
      const key = keyOf(epoch, voice);
      this.#known.delete(key);
      this.#known.set(key, { session, name });
      const [oldest] = this.#known.keys();
      if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
      if (this.#nameless.delete(key) || this.#tracks.has(key)) this.#sounded(epoch, voice);
    }
  }

  /** These voices sound in what is kept. */
  sounded(epoch: number, voices: readonly number[]): void {
    for (const voice of voices) if (!this.#tracks.has(keyOf(epoch, voice))) this.#sounded(epoch, voice);
  }

  #sounded(epoch: number, voice: number): void {
    const key = keyOf(epoch, voice);
    const who = this.#known.get(key);
    if (who === undefined) {
      this.#nameless.add(key);
      return;
    }
    const before = this.#people.find(({ session }) => session === who.session);
    const track = before?.track ?? this.#people.length + 1;
    const own = before?.voices ?? [];
    const isNew = !this.#tracks.has(key);
    if (before?.name === who.name && !isNew) return;
    const person: RecordedPerson = { track, ...who, voices: isNew ? [...own, { epoch, voice }] : own };
    this.#tracks.set(key, track);
    this.#people = before === undefined ? [...this.#people, person] : this.#people.map((one) => (one === before ? person : one));
  }
}

/** What tells a voice from every other of an audience. */
export function keyOf(epoch: number, voice: number): string {
  return `${epoch}/${voice}`;
}

/** The only door for who is heard, as it was kept. */
export function personOf(said: unknown): RecordedPerson | undefined {
  const who = whoOf(said);
  if (who === undefined || !isCount(who.fields["track"]) || !Array.isArray(who.fields["voices"])) return undefined;
  const voices = who.fields["voices"].flatMap((one: unknown) => {
    return isFields(one) && isCount(one["epoch"]) && isCount(one["voice"]) ? [{ epoch: one["epoch"], voice: one["voice"] }] : [];
  });
  return { track: who.fields["track"], session: who.session, name: who.name, voices };
}

/** Who is on stage, as far as is needed here: the tree knows no rooms. */
function onStageIn(text: string): readonly (Who & { readonly voice: number })[] {
  const speakers = parseObject(text)?.["speakers"];
  if (!Array.isArray(speakers)) return [];
  return speakers.flatMap((said: unknown) => {
    const who = whoOf(said);
    return who === undefined || !isCount(who.fields["voice"]) ? [] : [{ session: who.session, name: who.name, voice: who.fields["voice"] }];
  });
}

function whoOf(said: unknown): (Who & { readonly fields: { readonly [key: string]: unknown } }) | undefined {
  if (!isFields(said) || typeof said["session"] !== "string" || typeof said["name"] !== "string") return undefined;
  const session = parseSessionId(said["session"]);
  return session === undefined ? undefined : { session, name: said["name"], fields: said };
}
