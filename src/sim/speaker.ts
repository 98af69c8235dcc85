import { FRAME_MS, FRAME_SAMPLES } from "../core/audio/format.ts";
import { encodeSpeech } from "../core/audio/speech.ts";
import { backoffMs } from "../core/backoff.ts";
import { parseSessionId, type SessionId } from "../core/ids.ts";
import { comesBack } from "../core/wire/ending.ts";
import type { StageSays } from "../core/wire/messages.ts";
import type { Timer } from "./clock.ts";
import type { Ground } from "./ground.ts";
import { delayOf, Line } from "./line.ts";
import type { Server } from "./server.ts";

/** The room, as a speaker's page sees it: what goes up one WebSocket. */
export interface Stage {
  readonly isUp: boolean;
  readonly server: Server;
  /** The upgrade: the connection's number, or the status that refuses it. */
  seat(session: SessionId, name: string, page: StagePage): number | "gone";
  say(connection: number, said: StageSays): void;
  spoke(connection: number, message: Uint8Array): void;
  left(connection: number): void;
}

/** What comes down it. */
export interface StagePage {
  hears(text: string): void;
  closed(code: number): void;
}

/** Frames that a page sends at once: 100 ms. */
const FRAMES = 5;
/** 27 kbit/s of Opus, in bytes a frame: what a microphone gives (TOOLCHAIN.md, browser audio). */
const FRAME_BYTES = 68;

/** A host's page: connects, goes on air, speaks without a pause, and comes back when its line breaks. */
export class SpeakerPage implements StagePage {
  readonly #ground: Ground;
  readonly #stage: Stage;
  readonly #session: SessionId | undefined;
  readonly #line: Line;
  readonly #frames: readonly Uint8Array[];
  #connection: number | undefined;
  #attempt = 0;
  #sample = 0;
  #isFresh = true;
  #speaking: Timer | undefined;
  #isGone = false;

  constructor(ground: Ground, stage: Stage) {
    this.#ground = ground;
    this.#stage = stage;
    this.#session = parseSessionId("the-host-of-this-evening");
    const { lines, luck } = ground;
    this.#line = new Line(lines.lastMile, delayOf(lines.lastMile, luck.lines), luck.lines);
    const frame = new Uint8Array(FRAME_BYTES).fill(7);
    // SILK, wide band, 20 ms, one frame (RFC 6716 §3.1).
    frame[0] = 0x48;
    this.#frames = Array.from({ length: FRAMES }, () => frame);
  }

  /** Opens the page, and goes on air as soon as there is a connection. */
  connect(): void {
    if (this.#isGone || this.#session === undefined) return;
    const session = this.#session;
    this.#up(() => {
      const seat = this.#stage.isUp ? this.#stage.seat(session, "Host", this) : undefined;
      if (typeof seat !== "number") return this.#again();
      this.#connection = seat;
      this.#attempt = 0;
      this.#isFresh = true;
      this.#up(() => this.#connection === seat && this.#stage.say(seat, { type: "on-air" }));
      this.#speak();
    });
  }

  /** Closes the page for good. */
  leave(): void {
    this.#isGone = true;
    this.#hush();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#up(() => this.#stage.left(connection));
  }

  hears(): void {}

  closed(code: number): void {
    this.#connection = undefined;
    this.#hush();
    if (comesBack(code)) this.#again();
    else this.#isGone = true;
  }

  #again(): void {
    this.#ground.clock.after(backoffMs(this.#attempt++, this.#ground.luck.arrivals()), () => this.connect());
  }

  #speak(): void {
    this.#speaking = this.#ground.clock.after(FRAMES * FRAME_MS, () => {
      const connection = this.#connection;
      if (connection === undefined) return;
      const message = encodeSpeech({ sample: this.#sample, level: 30, starts: this.#isFresh, ends: false, frames: this.#frames });
      this.#sample += FRAMES * FRAME_SAMPLES;
      this.#isFresh = false;
      this.#up(() => this.#connection === connection && this.#stage.spoke(connection, message));
      this.#speak();
    });
  }

  #hush(): void {
    this.#speaking?.cancel();
  }

  #up(arrives: () => void): void {
    const { clock, costs } = this.#ground;
    const { server } = this.#stage;
    const read = {
      run: () => {
        server.charge(costs.hopMs);
        arrives();
      },
    };
    // What he says waits in line like everything else that the room's core has to do.
    clock.at(this.#line.arrivalOf(clock.now, FRAMES * FRAME_BYTES), { run: () => server.submit(read) });
  }
}
