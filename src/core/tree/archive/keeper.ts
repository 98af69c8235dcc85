import type { Run } from "../../audio/lane-head.ts";
import { comparePositions, type Position } from "../../audio/position.ts";
import type { Recording } from "../../audio/recording.ts";
import type { Segment, SegmentName } from "../../audio/segment.ts";
import { voicesSounding } from "../../audio/sounding.ts";
import type { States } from "../down/states.ts";
import { Heard } from "./heard-people.ts";
import type { Keeping, SaidUpTo } from "./keeping.ts";
import { type KeptLine, Lines, lineNames } from "./kept-lines.ts";
import { Recorded } from "./recorded.ts";
import type { KeptSegment, Stored } from "./shelf.ts";
import { parseRecordingTold, pruned, retold, takeAt } from "./switches.ts";

/** What storage must do about a recording. */
export type KeepEffect =
  /** Remember this, instead of what was remembered before. */
  { readonly do: "keep"; readonly keeping: Keeping } | { readonly do: "keep-line"; readonly line: KeptLine };

/** What there is of a recording. `keptUntil`: ms since 1970; undefined while the room is not over. */
export type Kept = {
  readonly recording: Recording;
  readonly startedAt: number;
  readonly ended: boolean;
  readonly keptUntil: number | undefined;
};

/** What an archive keeps of a room for longer than two minutes: only what was said while the room said that it is kept. */
export class Keeper {
  #keeping: Keeping;
  #recorded = new Recorded();
  #heard: Heard;
  readonly #lines = new Lines();
  #waiting: readonly KeptLine[] = [];
  #told: string | undefined;
  #stage: string | undefined;
  #captions: string | undefined;

  /** @param keeping what was remembered. What is kept in storage is to be told (`stored`), in order, before anything else */
  constructor(keeping: Keeping) {
    this.#keeping = keeping;
    this.#heard = new Heard(keeping.people);
  }

  /** True while nothing is kept. */
  get isEmpty(): boolean {
    return this.#recorded.isEmpty;
  }

  /** What may be fetched, oldest first. */
  get runs(): readonly Run[] {
    return this.#recorded.runs;
  }

  /** When it is to be deleted, in ms since 1970; undefined while the room is not over. */
  get keptUntil(): number | undefined {
    return this.#keeping.endedAt === undefined ? undefined : this.#keeping.endedAt + this.#keeping.keepMs;
  }

  /** The take that the chunk at `position` belongs to; undefined for what is not kept. */
  takeOf(position: Position): number | undefined {
    const { switches, deleted } = this.#keeping;
    return comparePositions(position, deleted.after) <= 0 ? undefined : takeAt(switches, position);
  }

  /** Reads what the states say by now that is of importance here. @param heard the newest chunk that was taken */
  read(states: States, epoch: number, heard: Position): readonly KeepEffect[] {
    const before = this.#keeping;
    const [told, stage, captions] = [states.textOf("recording"), states.textOf("stage"), states.textOf("captions")];
    if (told !== undefined && told !== this.#told) this.#switch(told, heard);
    if (stage !== undefined && stage !== this.#stage) this.#people(() => this.#heard.told(epoch, stage));
    const isNews = captions !== undefined && captions !== this.#captions;
    [this.#told, this.#stage, this.#captions] = [told, stage, captions];
    const { switches, deleted } = this.#keeping;
    if (isNews) this.#waiting = [...this.#waiting, ...this.#lines.take(captions, switches, deleted)];
    const lines = this.#keepLines();
    return [...this.#saves(before), ...lines];
  }

  /** Lines that were said, once there is sound that they belong to: until the first segment is closed there is no recording. */
  #keepLines(): readonly KeepEffect[] {
    if (this.#keeping.startedAt === undefined) return [];
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length > 0 && !this.#keeping.captioned) this.#keeping = { ...this.#keeping, captioned: true };
    return lines.map((line) => ({ do: "keep-line", line }) as const);
  }

  /** A segment was closed. @returns it, with who sounds in it if it is kept */
  closed(segment: Segment, now: number): { readonly segment: Segment & Pick<Stored, "voices">; readonly effects: readonly KeepEffect[] } {
    if (segment.take === undefined) return { segment, effects: [] };
    const before = this.#keeping;
    const voices = voicesSounding(segment.bytes);
    this.#recorded.begins(segment.take, segment.first);
    this.#people(() => this.#heard.sounded(segment.epoch, voices));
    if (before.startedAt === undefined) this.#keeping = { ...this.#keeping, startedAt: now };
    this.#keeping = { ...this.#keeping, switches: pruned(this.#keeping.switches, segment.last) };
    const lines = this.#keepLines();
    return { segment: { ...segment, voices }, effects: [...this.#saves(before), ...lines] };
  }

  /** A segment that is kept is in storage. */
  stored(segment: KeptSegment): void {
    this.#recorded.add(segment);
  }

  has(name: SegmentName): boolean {
    return this.#recorded.has(name);
  }

  /** The room is over, at `now` in ms since 1970. */
  over(now: number): readonly KeepEffect[] {
    if (this.#keeping.endedAt !== undefined) return [];
    this.#keeping = { ...this.#keeping, endedAt: now };
    return [{ do: "keep", keeping: this.#keeping }];
  }

  /**
   * All of it goes. What is said from here on is kept as before, if the room says so.
   *
   * @param heard how far it goes
   */
  forget(states: States, heard: SaidUpTo): readonly KeepEffect[] {
    const before = this.#keeping.deleted;
    const order = comparePositions(heard.after, before.after);
    // A later life that has heard nothing yet knows less than the one before.
    const { after, atMs } = order > 0 ? heard : before;
    const atLeast = heard.after.epoch === before.after.epoch ? Math.max(heard.atMs, before.atMs) : atMs;
    const deleted = { after, atMs: atLeast, lines: lineNames(states.textOf("captions") ?? "") };
    this.#recorded = new Recorded();
    this.#heard = new Heard();
    this.#lines.forget();
    this.#waiting = [];
    // Whoever is on stage is known again as soon as he sounds.
    this.#stage = undefined;
    this.#keeping = { ...this.#keeping, startedAt: undefined, people: [], captioned: false, deleted };
    return [{ do: "keep", keeping: this.#keeping }];
  }

  /** What there is of it; undefined while there is nothing. */
  says(): Kept | undefined {
    const { startedAt, endedAt, captioned } = this.#keeping;
    if (this.isEmpty) return undefined;
    const recording = this.#recorded.recording(this.#heard, captioned);
    return { recording, startedAt: startedAt ?? 0, ended: endedAt !== undefined, keptUntil: this.keptUntil };
  }

  #switch(text: string, heard: Position): void {
    const told = parseRecordingTold(text);
    if (told === undefined) return;
    const { switches, takes, keepMs } = this.#keeping;
    const next = pruned(retold(switches, told.switches, takes), heard);
    this.#keeping = {
      ...this.#keeping,
      switches: next,
      takes: Math.max(takes, ...next.map(({ take }) => take)),
      keepMs: told.keepMs ?? keepMs,
    };
  }

  #people(change: () => void): void {
    change();
    const { people } = this.#heard;
    if (people !== this.#keeping.people) this.#keeping = { ...this.#keeping, people };
  }

  #saves(before: Keeping): readonly KeepEffect[] {
    return this.#keeping === before ? [] : [{ do: "keep", keeping: this.#keeping }];
  }
}
