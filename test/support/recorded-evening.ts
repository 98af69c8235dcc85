import { type Switch, switched } from "../../src/core/tree/archive/switches.ts";
import { END_TEXT } from "../../src/core/tree/down/link.ts";
import { House } from "./archive-house.ts";
import { aBlock, aChunk } from "./build.ts";

export const DAY_MS = 86_400_000;

/** A room that tells its archive of sound and of switches, as its root does. */
export class Evening {
  readonly house = new House();
  /** `epoch.sequence` of what was said while it was on. */
  readonly said: string[] = [];
  /** What this epoch's root can replay. */
  ring: Uint8Array[] = [];
  link: string | undefined;
  on = false;
  epoch = 1;
  sequence = 0;
  #switches: readonly Switch[] = [];
  #revision = 10;
  #links = 0;

  constructor() {
    this.tell();
    this.comes();
  }

  comes(): void {
    this.link = `root-${++this.#links}`;
    if (this.#links === 1) this.house.live(this.link, this.epoch);
    else this.house.linked(this.link, this.epoch, this.#missed());
  }

  /** What came after the last chunk that the archive says it has. */
  #missed(): Uint8Array {
    const from = this.house.node.question(this.house.asks.at(-1) ?? 0)?.from;
    const heard = from?.epoch === this.epoch ? from.sequence : 0;
    return Uint8Array.from(this.ring.slice(heard).flatMap((one) => [...one]));
  }

  /** The archive's object dies, and its links with it. */
  archiveDies(): void {
    this.link = undefined;
    this.house.wake();
  }

  goes(): void {
    const lost = this.link;
    this.link = undefined;
    if (lost !== undefined) this.house.do(this.house.node.lost(lost, this.house.now, 0));
  }

  turn(on: boolean): void {
    this.on = on;
    this.tell();
  }

  tell(keepMs = 7 * DAY_MS): void {
    const after = { epoch: this.epoch, sequence: this.sequence };
    this.#switches = switched(this.#switches, { on: this.on, after, atMs: this.sequence * 100 });
    this.house.tell(
      this.link,
      JSON.stringify({ type: "recording", for: "nodes", revision: ++this.#revision, roomTime: 0, keepMs, switches: this.#switches }),
    );
  }

  state(type: string, fields: object): void {
    this.house.tell(this.link, JSON.stringify({ type, for: "all", revision: ++this.#revision, roomTime: this.sequence * 100, ...fields }));
  }

  /** @param voices who sounds */
  says(chunks: number, voices: readonly number[] = [1], bytes = 3): void {
    const blocks = voices.map((voice) => aBlock({ voice, frames: [new Uint8Array(bytes).fill(8)] }));
    for (let one = 0; one < chunks; one++) {
      const message = aChunk(++this.sequence, { epoch: this.epoch, blocks });
      if (this.on) this.said.push(`${this.epoch}.${this.sequence}`);
      this.ring.push(message);
      if (this.link !== undefined) this.house.hear(this.link, message);
    }
  }

  anew(): void {
    this.goes();
    this.ring = [];
    const after = { epoch: this.epoch, sequence: 0xffff_ffff };
    this.#switches = switched([], { on: this.on, after, atMs: 0 });
    this.epoch++;
    this.sequence = 0;
    this.tell();
    this.comes();
  }

  ends(): void {
    if (this.link !== undefined) this.house.read(this.link, END_TEXT);
  }
}
