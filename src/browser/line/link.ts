import { type LinkEffect, type LinkEnd, LinkMind, type LinkPhase, type Patience } from "./link-mind.ts";

/** How often the mind is asked, in ms; hidden pages are asked once a second or less by the browser's own rule, unless `every` goes on. */
const TICK_MS = 250;

export type LinkOptions = {
  /** Where to connect now: it may carry how far one has heard. */
  readonly url: () => string;
  readonly protocols?: readonly string[];
  readonly patience: Patience;
  /** What rings; the page's own timers where it is missing. Whoever is on stage must not be lost while his page is hidden. */
  readonly every?: (ms: number, tick: () => void) => () => void;
  /** The text that makes the other side answer. */
  readonly probe: () => string;
  readonly expectsSound: () => boolean;
  readonly onText: (text: string) => void;
  readonly onBinary: (bytes: Uint8Array) => void;
  readonly onChange: (phase: LinkPhase, end: LinkEnd | undefined) => void;
  /** Asks over HTTP why an upgrade fails; an end if there is no use in trying. */
  readonly askWhy: () => Promise<LinkEnd | undefined>;
};

/** A WebSocket that stays: LinkMind decides, this acts. */
export class Link {
  readonly #options: LinkOptions;
  readonly #mind: LinkMind;
  #socket: WebSocket | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#mind = new LinkMind(options.patience);
  }

  get phase(): LinkPhase {
    return this.#mind.phase;
  }

  /** Bytes that wait in the browser for a line that is too slow. */
  get unsentBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** The server told in which window to come back, in ms, should this connection break. */
  told(windowMs: number | undefined): void {
    if (windowMs !== undefined) this.#mind.told(windowMs);
  }

  start(): void {
    this.#stopTimer ??= (this.#options.every ?? whileSeen)(TICK_MS, () => {
      this.#perform(this.#mind.tick(performance.now(), Math.random(), this.#options.expectsSound()));
    });
    window.addEventListener("online", this.#nudge);
    document.addEventListener("visibilitychange", this.#seen);
    this.#perform(this.#mind.start(performance.now()));
  }

  /** Closes the link; `start` opens it again. Why it ended for good, if it did, stays known. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    window.removeEventListener("online", this.#nudge);
    document.removeEventListener("visibilitychange", this.#seen);
    if (this.#mind.phase !== "ended") this.#perform(this.#mind.giveUp(undefined));
  }

  /** True if it went out, or will as soon as the line allows. */
  send(message: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(message);
    return true;
  }

  readonly #nudge = (): void => this.#perform(this.#mind.nudge(performance.now()));

  readonly #seen = (): void => {
    if (document.visibilityState === "visible") this.#nudge();
  };

  #perform(effects: readonly LinkEffect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "open":
          this.#open();
          break;
        case "probe":
          this.send(this.#options.probe());
          break;
        case "drop":
          this.#drop();
          break;
        case "ask-why":
          void this.#ask();
          break;
      }
    }
    this.#options.onChange(this.#mind.phase, this.#mind.end);
  }

  #open(): void {
    this.#drop();
    const socket = new WebSocket(this.#options.url(), [...(this.#options.protocols ?? [])]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const mine = () => this.#socket === socket;
    socket.onopen = () => mine() && this.#perform(this.#mind.opened(performance.now()));
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!mine()) return;
      this.#mind.heard(performance.now());
      if (typeof data === "string") this.#options.onText(data);
      else if (data instanceof ArrayBuffer) this.#options.onBinary(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => {
      if (!mine()) return;
      this.#socket = undefined;
      this.#perform(this.#mind.closed(code, reason, performance.now(), Math.random()));
    };
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  async #ask(): Promise<void> {
    const end = await this.#options.askWhy();
    if (end !== undefined && this.#mind.phase === "waiting") this.#perform(this.#mind.giveUp(end));
  }
}

function whileSeen(ms: number, tick: () => void): () => void {
  const timer = window.setInterval(tick, ms);
  return () => window.clearInterval(timer);
}
