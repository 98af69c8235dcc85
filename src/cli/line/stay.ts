import { backoffMs } from "../../core/backoff.ts";
import { comesBack } from "../../core/wire/ending.ts";
import { Socket, type SocketEnding } from "./socket.ts";

/** How often the line is tried, in ms. */
const PING_MS = 5_000;
/** A line from which nothing came for so long is given up, in ms: two pings without an answer, and a margin. */
const SILENT_MS = 12_000;

/** A connection that comes back. */
export type StayOptions = {
  /** Asked before each try, so that `from` is fresh. */
  readonly url: () => URL;
  readonly protocols?: readonly string[];
  /** The text that the server answers, so that a dead line is noticed. */
  readonly ping: string;
  readonly text: (text: string, socket: Socket) => void;
  /** The window in which the server wants one back, in ms, as far as it told. */
  readonly windowMs?: () => number | undefined;
  /** The bytes are good only until the call returns. */
  readonly binary?: (message: Buffer) => void;
  /** It was lost, and comes back in `waitMs`. */
  readonly lost?: (ending: SocketEnding, waitMs: number) => void;
};

export type Stay = {
  /** Ends it politely. */
  readonly stop: () => void;
  /** How it ended for good: stopped, told to stay away, or refused. */
  readonly ended: Promise<SocketEnding>;
};

/**
 * Keeps one WebSocket open until `stop()` or until the server says to stay away (45xx, or a 4xx answer to the handshake).
 *
 * A first try that reaches no server at all ends it too: that is a wrong address, not a bad line.
 */
export function stayConnected(options: StayOptions): Stay {
  let resolve: (ending: SocketEnding) => void;
  const ended = new Promise<SocketEnding>((done) => {
    resolve = done;
  });
  let socket: Socket | undefined;
  let open = false;
  let waiting: NodeJS.Timeout | undefined;
  let everOpen = false;
  let stopped = false;
  let attempt = 0;
  let heardAt = 0;

  const pinging = setInterval(() => {
    if (!open) return;
    if (performance.now() - heardAt > SILENT_MS) socket?.drop("nothing came for 12 s");
    else socket?.sendText(options.ping);
  }, PING_MS);

  const finish = (ending: SocketEnding): void => {
    clearInterval(pinging);
    resolve(ending);
  };

  const dial = (): void => {
    const dialed = new Socket(options.url(), options.protocols ?? [], {
      opened: () => {
        open = true;
        everOpen = true;
        heardAt = performance.now();
      },
      text: (text) => {
        heardAt = performance.now();
        attempt = 0;
        options.text(text, dialed);
      },
      binary: (message) => {
        heardAt = performance.now();
        options.binary?.(message);
      },
      ended: (ending) => {
        socket = undefined;
        open = false;
        if (stopped || !returns(ending, everOpen)) {
          finish(ending);
          return;
        }
        const waitMs = backoffMs(attempt++, Math.random(), options.windowMs?.());
        options.lost?.(ending, waitMs);
        waiting = setTimeout(dial, waitMs);
      },
    });
    socket = dialed;
  };

  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    clearTimeout(waiting);
    if (socket === undefined) finish({ how: "closed", code: 1000, reason: "" });
    else socket.close();
  };
  dial();
  return { stop, ended };
}

/** True if one comes back from such an ending. `everOpen`: the server was reached before, so its address is not the fault. */
export function returns(ending: SocketEnding, everOpen: boolean): boolean {
  switch (ending.how) {
    case "closed":
      return comesBack(ending.code);
    case "refused":
      return ending.status >= 500 || ending.status === 429;
    case "unreachable":
      return everOpen;
  }
}
