import fc from "fast-check";
import { expect, it } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import { comparePositions, type Position } from "../../../src/core/audio/position.ts";
import { localTime } from "../../../src/core/ids.ts";
import { formatLink, formatLinked } from "../../../src/core/tree/link.ts";
import { type NodeEffect, TreeNode } from "../../../src/core/tree/node.ts";
import { aChunk, aPlan, leaf } from "../../support/build.ts";

/**
 * One leaf, done by a body as the real one does it (effects in order, `send-all` to whom is live at that moment), between a root that
 * may begin anew and lose links at any time, and listeners who come and come back at any time.
 */

type Turn =
  | { do: "chunk" }
  | { do: "new-epoch" }
  | { do: "lose-link" }
  | { do: "link" }
  /** `elsewhere`: he has heard all there is on another leaf, which may be more than this one has. */
  | { do: "join"; ear: number; elsewhere: boolean }
  | { do: "leave"; ear: number }
  /** Nothing happens for an hour. */
  | { do: "wait" };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Turn>({ do: "chunk" }) },
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
    fc.property(fc.array(turn, { maxLength: 120 }), (turns) => {
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
      let [epoch, sequence, links, seatsGiven] = [1, 0, 0, 0];
      let uplink: string | undefined;
      const perform = (effects: readonly NodeEffect<string>[]) => {
        for (const effect of effects) {
          if (effect.do === "send") inboxes.get(effect.to)?.push(effect.message);
          if (effect.do === "send-all") for (const link of node.down.live) inboxes.get(link)?.push(effect.message);
        }
      };
      let time = 0;
      for (const one of turns) {
        time += one.do === "wait" ? 3_600_000 : 20;
        const now = localTime(time);
        if (one.do === "chunk") {
          const chunk = aChunk(++sequence, { epoch });
          all.push(chunk);
          if (uplink !== undefined) perform(node.hear(uplink, chunk, now));
        } else if (one.do === "new-epoch") {
          epoch++;
          sequence = 0;
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
      for (const [seat, inbox] of inboxes) isFaithful(inbox, cameFrom.get(seat));
    }),
    { numRuns: 10_000 },
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
