import type { Position } from "../core/audio/position.ts";
import type { Message } from "../core/tree/down/greeting.ts";
import { QUEUE_BYTES } from "../core/tree/down/slow.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type { Cohort, Joiner, Population } from "./calls.ts";
import { bytesIn } from "./carried.ts";
import type { Greetings } from "./greetings.ts";
import type { Host } from "./host.ts";
import type { Line } from "./line.ts";
import type { SharedChunks } from "./shared-chunks.ts";
import type { SharedTexts } from "./shared-texts.ts";
import { Socket } from "./socket.ts";
import type { SoundReader } from "./sound.ts";
import { gapTo, isWelcome, toldWindow } from "./texts.ts";

/** Silences up to this are nothing a jitter buffer does not hide, in ms. */
const SILENCE_MS = 250;
/** States that are told to a line which takes no more sound, until it is closed as hopeless, in bytes. */
const TEXT_BYTES = 8_192;
/** A cohort as large as this tells its lag in parts: the last of it is served well after the first. */
const PARTS_FROM = 40;
const PARTS = 4;
/** Where serving one cohort takes a large part of a chunk, its lag is nearly all there is to foretell. */
const MANY_PARTS_FROM = 400;
const MANY_PARTS = 25;

/** What ears need of the world. */
export type Hearing = {
  readonly reader: SoundReader;
  readonly chunks: SharedChunks;
  readonly texts: SharedTexts;
  readonly greetings: Greetings;
  readonly population: Population;
  readonly stride: number | undefined;
};

/** Where he stands who has received all that arrives until `at`. */
type Coming = { readonly at: number; readonly epoch: number; readonly sequence: number };

type Standing = Pick<Joiner, "region" | "epoch" | "sequence">;

/**
 * A leaf's socket to one listener, or to many who stand at the same place: a cohort, whose sends cost as many times as it has members.
 * Checks at every message that nothing is missing, repeated or unmarked.
 */
export class Ear extends Socket {
  readonly leaf: Host;
  readonly region: Region;
  readonly #hearing: Hearing;
  #size = 1;
  #joiner: Joiner | undefined;
  #epoch: number;
  #sequence: number;
  #beforeEpoch: number;
  #beforeSequence: number;
  #sentAt: number;
  readonly #greeted: Message[] = [];
  #gapEpoch = 0;
  #gapSequence = 0;
  #isWelcomed = false;
  #isLive = false;
  #hasSound = false;
  #isOpen = true;
  #comeBackMs: number | undefined;
  /** Set for who has a line of his own; then also what is on its way to him. */
  readonly #line: Line | undefined;
  #coming: Coming[] = [];

  constructor(leaf: Host, who: Standing, hearing: Hearing, joiner?: Joiner) {
    super();
    this.leaf = leaf;
    this.region = who.region;
    this.#hearing = hearing;
    this.#joiner = joiner;
    this.#line = joiner?.line;
    this.#epoch = this.#beforeEpoch = who.epoch;
    this.#sequence = this.#beforeSequence = who.sequence;
    this.#sentAt = leaf.ground.clock.now;
  }

  /** Listeners behind this socket. */
  get size(): number {
    return this.#size;
  }

  /** True once he hears: what is sent to him is sent to all who stand where he stands. */
  get isSteady(): boolean {
    return this.#isLive && this.#hasSound && this.#isOpen && this.#line === undefined;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** True of a line of his own, that may be slower than the sound. */
  get isSlow(): boolean {
    return this.#line !== undefined;
  }

  /** When a chunk last left for him, in ms. */
  get heardAt(): number {
    return this.#sentAt;
  }

  /** What he was greeted with. */
  get greeted(): readonly Message[] {
    return this.#greeted;
  }

  /** Of the last chunk that he was sent. */
  get epoch(): number {
    return this.#epoch;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** The mind says that he was greeted. */
  goLive(): void {
    this.#isLive = true;
  }

  /** True if he was sent all up to `place`; where another stands, the two can be one. */
  standsAt(place: Position): boolean {
    return this.#epoch === place.epoch && this.#sequence === place.sequence;
  }

  /** `size` of these as a cohort of their own. */
  part(size: number): Ear {
    const part = new Ear(this.leaf, { region: this.region, epoch: this.#epoch, sequence: this.#sequence }, this.#hearing);
    part.#size = size;
    part.#sentAt = this.#sentAt;
    part.#isWelcomed = part.#isLive = part.#hasSound = true;
    part.#comeBackMs = this.#comeBackMs;
    this.#size -= size;
    return part;
  }

  /** From now on he needs no watching of his own, and others may be added. */
  settle(): void {
    if (this.#joiner !== undefined) this.#hearing.population.settled(this.#joiner);
    this.#joiner = undefined;
  }

  /** Takes in who stands at the same place. */
  add(other: Ear): void {
    this.#size += other.#size;
    this.#comeBackMs ??= other.#comeBackMs;
    other.settle();
    other.#size = 0;
    other.#isOpen = false;
  }

  /** Takes in one who was greeted as somebody who stands here. */
  seat(joiner: Joiner): void {
    this.#size++;
    this.#hearing.population.settled(joiner);
  }

  /** One of a cohort leaves of his own will. */
  loseOne(): void {
    this.#size--;
  }

  override send(message: Message): void {
    const { server, ground } = this.leaf;
    const bytes = bytesIn(message);
    const costMs = server.send(bytes, this.#size);
    if (!this.#isLive) this.#greeted.push(message);
    const leavesAt = server.instant - costMs * this.#size;
    if (!this.#isOpen) return;
    ground.measures.messages += this.#size;
    if (typeof message === "string") this.#read(message);
    else this.#hear(message, leavesAt, server.instant);
    if (this.#line !== undefined) this.#convey(message, this.#line);
  }

  override get queuedBytes(): number {
    return this.#line?.queuedBytes(this.leaf.ground.clock.now) ?? 0;
  }

  override close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#joiner?.watcher === undefined) return this.#hearing.population.closed(this.#joiner, this.#stand(), code);
    this.#tellWatcher(() => this.#joiner?.watcher?.closed(code));
  }

  /** The leaf died: the connection is broken, and what was still on its way is lost. */
  drop(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#joiner?.watcher === undefined) return this.#hearing.population.dropped(this.#joiner, this.#stand());
    this.#tellWatcher(() => this.#joiner?.watcher?.closed(1006));
  }

  /** Along a line of his own: when it arrives there, and what of it he has if it breaks. */
  #convey(message: Message, line: Line): void {
    const { server, ground } = this.leaf;
    const at = line.arrivalOf(server.instant, bytesIn(message));
    const landed = this.#coming.findLastIndex((coming) => coming.at <= ground.clock.now);
    this.#coming = [...this.#coming.slice(Math.max(0, landed)), { at, epoch: this.#epoch, sequence: this.#sequence }];
    const most = QUEUE_BYTES + TEXT_BYTES;
    const queued = line.queuedBytes(ground.clock.now);
    if (queued > most) ground.invariants.break("queued", () => `${this.leaf.name}: ${Math.round(queued)} bytes wait, ${most} allowed`);
    const watcher = this.#joiner?.watcher;
    if (watcher !== undefined) ground.clock.at(at, { run: () => watcher.heard(message) });
  }

  #tellWatcher(tell: () => void): void {
    const { server, ground } = this.leaf;
    ground.clock.at(this.#line?.arrivalOf(server.instant, 0) ?? ground.clock.now, { run: tell });
  }

  #stand(): Cohort {
    const landed = this.#coming.findLast((coming) => coming.at <= this.leaf.ground.clock.now);
    if (this.#line !== undefined) {
      this.#epoch = this.#beforeEpoch = landed?.epoch ?? 0;
      this.#sequence = this.#beforeSequence = landed?.sequence ?? 0;
    }
    return {
      region: this.region,
      size: this.#size,
      slower: { epoch: this.#beforeEpoch, sequence: this.#beforeSequence },
      fasterMs: this.leaf.ground.clock.now - this.#sentAt,
      faster: { epoch: this.#epoch, sequence: this.#sequence },
      comeBackMs: this.#comeBackMs,
    };
  }

  #read(text: string): void {
    const { invariants, measures } = this.leaf.ground;
    const isFirst = !this.#isWelcomed;
    this.#isWelcomed = true;
    if (isWelcome(text)) return;
    if (isFirst) invariants.break("welcome", () => `${this.leaf.name}: ${text.slice(0, 80)}`);
    this.#comeBackMs = toldWindow(text) ?? this.#comeBackMs;
    const gap = gapTo(text);
    if (gap === undefined) return;
    measures.gaps += this.#size;
    const isSteady = this.#joiner === undefined && this.#line === undefined;
    if (isSteady && gap.reason === "missed") invariants.break("lost", () => `${this.leaf.name}: ${this.#size} listeners, ${text}`);
    this.#gapEpoch = gap.epoch;
    this.#gapSequence = gap.sequence;
  }

  #hear(message: Uint8Array, from: number, until: number): void {
    const { invariants, measures, publishers } = this.leaf.ground;
    if (!this.#isWelcomed) invariants.break("welcome", () => `${this.leaf.name}: sound before the welcome`);
    this.#beforeEpoch = this.#epoch;
    this.#beforeSequence = this.#sequence;
    const silentMs = from - this.#sentAt;
    if (this.#hasSound && silentMs > SILENCE_MS) measures.silence.add(silentMs, this.#size);
    this.#sentAt = from;
    const { chunks, endOfRun, ms } = this.#hearing.reader.read(message);
    measures.chunks += this.#size * chunks.length;
    measures.soundMs += this.#size * ms;
    for (const { epoch, sequence, dueMs } of chunks) {
      const isRight = this.#check(epoch, sequence);
      if (this.#isLive) this.#measure(from, until, dueMs - (publishers.get(epoch) ?? 0));
      else if (isRight && endOfRun !== undefined) {
        // What a newcomer is greeted with: nobody waits for it, and seconds of it are one look.
        this.#epoch = endOfRun.epoch;
        this.#sequence = endOfRun.sequence;
        break;
      }
    }
    if (this.#hasSound) return;
    this.#hasSound = true;
    this.#joiner?.sounds(from + this.#joiner.delayMs);
  }

  /** False of what he has heard already. */
  #check(epoch: number, sequence: number): boolean {
    const { invariants } = this.leaf.ground;
    const [lastEpoch, lastSequence] = [this.#epoch, this.#sequence];
    if (epoch < lastEpoch || (epoch === lastEpoch && sequence <= lastSequence)) {
      invariants.break("order", () => `${this.leaf.name}: ${epoch}.${sequence} after ${lastEpoch}.${lastSequence}`);
      return false;
    }
    const isTold = epoch === this.#gapEpoch && sequence === this.#gapSequence;
    if (!this.#goesOn(epoch, sequence) && !isTold)
      invariants.break("hole", () => `${this.leaf.name}: ${epoch}.${sequence} after ${lastEpoch}.${lastSequence}`);
    this.#gapEpoch = 0;
    this.#epoch = epoch;
    this.#sequence = sequence;
    return true;
  }

  /** True of what follows what he has heard, without a word. */
  #goesOn(epoch: number, sequence: number): boolean {
    return this.#epoch === 0 || (epoch === this.#epoch && sequence === this.#sequence + 1);
  }

  #measure(from: number, until: number, due: number): void {
    const { measures } = this.leaf.ground;
    if (this.#line !== undefined) return;
    if (this.#size < PARTS_FROM) return measures.left(until - due, this.#size);
    const parts = this.#size < MANY_PARTS_FROM ? PARTS : MANY_PARTS;
    for (let part = 0; part < parts; part++) measures.left(from + ((part + 0.5) / parts) * (until - from) - due, this.#size / parts);
  }
}
