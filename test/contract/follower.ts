import { chunksIn, readHeader } from "../../src/core/audio/chunk.ts";
import { type LaneEffect, LaneMind } from "../../src/core/audio/lane-mind.ts";
import { Lanes, type OpenLane } from "../../src/core/audio/lanes.ts";
import { formatPosition, type Position } from "../../src/core/audio/position.ts";
import type { Missing } from "../../src/core/audio/segment.ts";
import { parseLaneHead } from "../../src/core/wire/lane-head.ts";
import { parseListenerHears } from "../../src/core/wire/parse.ts";
import { call, upgrade } from "./workerd-house.ts";

/** A listener who stays, by whichever lane: dials again when he is diverted or cut off, and hears by segments meanwhile. */
export class Follower {
  readonly chunks: Position[] = [];
  readonly gaps: Missing[] = [];
  readonly #room: string;
  /** Gaps that the cached lane was asked to fill. */
  filled = 0;
  readonly #lanes = new Lanes<unknown>(
    (path, heard, until, tells) => {
      if (until !== undefined) this.filled++;
      return openLane(path, heard, until, tells);
    },
    {
      hear: (bytes) => {
        for (const { at } of chunksIn(bytes)) {
          const { epoch = 0, sequence = 0 } = readHeader(bytes, at) ?? {};
          this.chunks.push({ epoch, sequence });
        }
      },
      gap: (gap) => this.gaps.push(gap),
    },
  );
  diverted = 0;
  #socket: WebSocket | undefined;
  #left = false;

  constructor(room: string) {
    this.#room = room;
    void this.#dial();
  }

  get lane(): "live" | "cached" {
    return this.#lanes.lane;
  }

  /** Loses the connection, and comes back after `ms`. */
  async awayFor(ms: number): Promise<void> {
    this.#left = true;
    this.#socket?.close(1000, "away");
    this.#lanes.lost();
    await new Promise((back) => setTimeout(back, ms));
    this.#left = false;
    await this.#dial();
  }

  leave(): void {
    this.#left = true;
    this.#lanes.stop();
    this.#socket?.close(1000, "leaving");
  }

  async #dial(): Promise<void> {
    const { heard } = this.#lanes;
    const answer = await upgrade(`/rooms/${this.#room}/listen${heard === undefined ? "" : `?from=${formatPosition(heard)}`}`);
    const socket = answer.webSocket;
    if (socket === null) throw new Error(`no socket, but ${answer.status}`);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.accept();
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.#socket) return;
      if (data instanceof ArrayBuffer) this.#lanes.live(new Uint8Array(data));
      const said = typeof data === "string" ? parseListenerHears(data) : undefined;
      if (said?.type === "welcome") this.#lanes.welcomed(said.segments);
      if (said?.type === "gap") this.#lanes.told({ from: said.from, to: said.to });
      if (said?.type !== "lane") return;
      this.diverted++;
      this.#lanes.diverted(said.segments);
    });
    socket.addEventListener("close", () => {
      socket.close();
      if (this.#left || socket !== this.#socket) return;
      this.#lanes.lost();
      setTimeout(() => void this.#dial(), 500);
    });
  }
}

const openLane: OpenLane<unknown> = (path, heard, until, tells) => {
  const mind = new LaneMind(heard, until);
  let stopped = false;
  const perform = (effects: readonly LaneEffect[]): void => {
    for (const effect of effects) {
      if (stopped) return;
      if (effect.do === "hear") tells.hear(effect.bytes, effect.replayed);
      else if (effect.do === "gap") tells.gap(effect.gap);
      else if (effect.do === "done") tells.done();
      else void answer(effect);
    }
  };
  const answer = async (effect: Extract<LaneEffect, { do: "fetch-head" | "fetch" }>): Promise<void> => {
    const name = effect.do === "fetch" ? `${effect.name.epoch}/${effect.name.index}` : "head";
    const said = await call("GET", `${path}/${name}`);
    const body = new Uint8Array(await said.arrayBuffer());
    const head = effect.do === "fetch-head" && said.ok ? parseLaneHead(new TextDecoder().decode(body))?.head : undefined;
    if (head !== undefined) perform(mind.head(head, Date.now()));
    else if (effect.do === "fetch" && said.ok) perform(mind.segment(effect.name, body, Date.now()));
    else perform(said.status === 410 ? mind.over(Date.now()) : mind.missing(Date.now()));
  };
  const timer = setInterval(() => perform(mind.second(Date.now())), 50);
  perform(mind.start(Date.now()));
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
};
