import fc from "fast-check";
import { expect, it } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import { comparePositions, type Position } from "../../../src/core/audio/position.ts";
import { localTime } from "../../../src/core/ids.ts";
import { formatFlow, formatLink, formatLinked } from "../../../src/core/tree/down/link.ts";
import { QUEUE_BYTES } from "../../../src/core/tree/down/slow.ts";
import { TreeNode } from "../../../src/core/tree/node.ts";
import type { NodeEffect } from "../../../src/core/tree/node-effect.ts";
import { parseListenerHears } from "../../../src/core/wire/parse.ts";
import { aBlock, aChunk, aPlan, leaf } from "../../support/build.ts";
import { perform as performOn } from "../../support/nodes.ts";

/**
 * One leaf, done by a body as the real one does it (effects in order), between a root that may begin anew, be late, fall silent and lose
 * links at any time, and listeners who come, come back, and whose lines stop and go on at any time.
 */

/** 10 KB: a line that stands still is soon too full. */
const LOUD = [aBlock({ frames: Array.from({ length: 8 }, () => new Uint8Array(1_275)) })];

type Turn =
  | { do: "chunk"; silent: boolean }
  /** From now on chunks come so late. */
  | { do: "late"; ms: number }
  | { do: "second" }
  | { do: "stop"; ear: number }
  | { do: "go-on"; ear: number }
  | { do: "new-epoch" }
  | { do: "lose-link" }
  | { do: "link" }
  /** `elsewhere`: he has heard all there is on another leaf, which may be more than this one has. */
  | { do: "join"; ear: number; elsewhere: boolean }
  | { do: "leave"; ear: number }
  /** Nothing happens for an hour. */
  | { do: "wait" };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 12, arbitrary: fc.boolean().map<Turn>((silent) => ({ do: "chunk", silent })) },
  { weight: 2, arbitrary: fc.constantFrom(0, 200, 5_000).map<Turn>((ms) => ({ do: "late", ms })) },
  { weight: 2, arbitrary: fc.constant<Turn>({ do: "second" }) },
  { weight: 1, arbitrary: fc.nat(3).map<Turn>((ear) => ({ do: "stop", ear })) },
  { weight: 1, arbitrary: fc.nat(3).map<Turn>((ear) => ({ do: "go-on", ear })) },
  { weight: 1, arbitrary: fc.constant<Turn>({ do: "new-epoch" }) },
  { weight: 2, arbitrary: fc.constant<Turn>({ do: "lose-link" }) },
  { weight: 3, arbitrary: fc.constant<Turn>({ do: "link" }) },
  { weight: 3, arbitrary: fc.tuple(fc.nat(3), fc.boolean()).map<Turn>(([ear, elsewhere]) => ({ do: "join", ear, elsewhere })) },
  { weight: 1, arbitrary: fc.nat(3).map<Turn>((ear) => ({ do: "leave", ear })) },
  { weight: 1, arbitrary: fc.constant<Turn>({ do: "wait" }) },
);

const plan = aPlan({ leaves: 1 });

it("every ear is welcomed first, and hears every chunk once and in order, or is told of the break", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 150, size: "max" }), (turns) => {
      const node = new TreeNode<string>(
        { node: leaf(0), below: "listeners", keepMs: 30_000 },
        undefined,
        { above: [], below: [] },
        localTime(0),
      );
      node.learn(plan, 0);
      const all: Uint8Array[] = [];
      const inboxes = new Map<string, (string | Uint8Array)[]>();
      const lastHeard = new Map<number, Position>();
      const cameFrom = new Map<string, Position>();
      const seats = new Map<number, string>();
      let [epoch, sequence, links, seatsGiven, began] = [1, 0, 0, 0, 0];
      let uplink: string | undefined;
      const waiting = new Map<string, number>();
      const stopped = new Set<string>();
      let [time, lateMs] = [0, 0];
      const perform = (effects: readonly NodeEffect<string>[]) => {
        // What a line may hold, or what two strides bring.
        const most = Math.max(QUEUE_BYTES, 2 * node.down.stride * 10_300);
        const send = (to: string, message: string | Uint8Array) => {
          inboxes.get(to)?.push(message);
          if (!stopped.has(to)) return;
          const before = waiting.get(to) ?? 0;
          // States are small and few, and never held back.
          if (typeof message !== "string" && before > 0) expect(before + message.length).toBeLessThanOrEqual(most);
          if (typeof message !== "string") waiting.set(to, before + message.length);
        };
        performOn(node, effects, send, (link) => waiting.get(link) ?? 0, localTime(time));
      };
      for (const one of turns) {
        time += one.do === "wait" ? 3_600_000 : 20;
        const now = localTime(time);
        if (one.do === "chunk") {
          const chunk = aChunk(++sequence, { epoch, blocks: one.silent ? [] : LOUD });
          all.push(chunk);
          // The time at which it is due; everything before may have come with any delay.
          time = Math.max(time, began + sequence * 100 + lateMs);
          if (uplink !== undefined) perform(node.hear(uplink, chunk, localTime(time)));
        } else if (one.do === "late") {
          lateMs = one.ms;
        } else if (one.do === "second") {
          perform(node.second(localTime(time), 0));
        } else if (one.do === "stop" || one.do === "go-on") {
          const seat = seats.get(one.ear);
          if (seat === undefined) continue;
          if (one.do === "stop") stopped.add(seat);
          else stopped.delete(seat);
          waiting.delete(seat);
        } else if (one.do === "new-epoch") {
          epoch++;
          sequence = 0;
          began = time;
        } else if (one.do === "lose-link" && uplink !== undefined) {
          perform(node.lost(uplink, 0));
          uplink = undefined;
        } else if (one.do === "link" && uplink === undefined) {
          uplink = `link ${++links}`;
          node.dialed(uplink, "demo");
          const stood = node.down.feed.newest;
          perform(node.read(uplink, formatLink(epoch, plan, []), now, 0));
          for (const chunk of all.filter((kept) => comparePositions(positionOf(kept), stood) > 0)) perform(node.hear(uplink, chunk, now));
          perform(node.read(uplink, formatLinked({ epoch, sequence }, 0), now, 0));
        } else if (one.do === "join" && !seats.has(one.ear)) {
          const seat = `${one.ear} for the ${++seatsGiven}. time`;
          seats.set(one.ear, seat);
          inboxes.set(seat, []);
          const newest = all.at(-1);
          const from = one.elsewhere && newest !== undefined ? positionOf(newest) : lastHeard.get(one.ear);
          if (from !== undefined) cameFrom.set(seat, from);
          perform(node.join(seat, from, now, 0));
        } else if (one.do === "leave") {
          const seat = seats.get(one.ear);
          if (seat === undefined) continue;
          node.leave(seat);
          seats.delete(one.ear);
          const last = heardIn(inboxes.get(seat) ?? []).at(-1);
          if (last !== undefined) lastHeard.set(one.ear, last);
        }
      }
      // When the sound stops, nothing of it is left behind, except for whose line stands still.
      if (uplink !== undefined) {
        perform(node.read(uplink, formatFlow(true), localTime(time), 0));
        perform(node.read(uplink, formatFlow(false), localTime(time), 0));
        for (let second = 0; second < 20 && node.wantsSeconds; second++) {
          time += 1_000;
          perform(node.second(localTime(time), 0));
        }
      }
      for (const [seat, inbox] of inboxes) isFaithful(inbox, cameFrom.get(seat));
      for (const seat of node.down.live) {
        if (stopped.has(seat) || uplink === undefined) continue;
        const last = lastIn(inboxes.get(seat) ?? []);
        if (last !== undefined) expect(comparePositions(last, node.down.feed.newest)).toBe(0);
      }
    }),
    { numRuns: 3_000 },
  );
});

function isFaithful(inbox: readonly (string | Uint8Array)[], from: Position | undefined): void {
  if (inbox.length === 0) return;
  expect(inbox[0]).toContain('"type":"welcome"');
  let last = from;
  let isTold = false;
  for (const message of inbox) {
    if (typeof message === "string") {
      isTold ||= message.includes('"type":"gap"');
      continue;
    }
    for (const position of heardIn([message])) {
      if (last !== undefined) {
        expect(comparePositions(position, last)).toBeGreaterThan(0);
        const goesOn = position.epoch === last.epoch && position.sequence === last.sequence + 1;
        expect(goesOn || isTold, `${JSON.stringify(last)} then ${JSON.stringify(position)}`).toBe(true);
      }
      last = position;
      isTold = false;
    }
  }
}

/** Where a listener stands: the last chunk he heard, or the end of a gap that he was told of. */
function lastIn(inbox: readonly (string | Uint8Array)[]): Position | undefined {
  for (const message of [...inbox].reverse()) {
    if (typeof message !== "string") return heardIn([message]).at(-1);
    const said = parseListenerHears(message);
    if (said?.type === "gap") return { epoch: said.to.epoch, sequence: said.to.sequence - 1 };
  }
  return undefined;
}

function heardIn(inbox: readonly (string | Uint8Array)[]): Position[] {
  return inbox.flatMap((message) =>
    typeof message === "string" ? [] : [...chunksIn(message)].map(({ at }) => positionOf(message.subarray(at))),
  );
}

function positionOf(chunk: Uint8Array): Position {
  const header = readHeader(chunk, 0);
  if (header === undefined) throw new Error("no chunk");
  return { epoch: header.epoch, sequence: header.sequence };
}
