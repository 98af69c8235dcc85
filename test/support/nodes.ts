import { chunksIn, readHeader } from "../../src/core/audio/chunk.ts";
import { localTime } from "../../src/core/ids.ts";
import { formatLink, formatLinked } from "../../src/core/tree/down/link.ts";
import { TreeNode } from "../../src/core/tree/node.ts";
import type { KeptLinks, NodeEffect } from "../../src/core/tree/node-effect.ts";
import type { Saved } from "../../src/core/tree/saved.ts";
import { aPlan, chunks, leaf } from "./build.ts";

/** Leaves and relays to play with, and what they send, in words. */

export const now = localTime(1_000);
export const plan = aPlan({ leaves: 16 });
export const room = JSON.stringify({ type: "room", for: "all", revision: 5, roomTime: 0, title: "Demo" });

/** The parent of leaf 0 in this plan. */
export const PARENT = "demo.weur.1.0";

export function bareLeaf(index: number, saved?: Saved, kept: KeptLinks<string> = { above: [], below: [] }) {
  return new TreeNode<string>({ node: leaf(index), below: "listeners", keepMs: 30_000 }, saved, kept, now);
}

export function bareRelay() {
  return new TreeNode<string>({ node: { ...leaf(0), level: 1 }, below: "nodes", keepMs: 60_000 }, undefined, { above: [], below: [] }, now);
}

/** A leaf that is linked to its parent, has heard chunks 1 to `heard`, and whom `listeners` listen to. */
export function aLeaf({ heard = 0, listeners = [] as string[] } = {}) {
  const node = bareLeaf(0);
  node.learn(plan, 0);
  for (const listener of listeners) node.join(listener, undefined, now, 0);
  node.dialed("parent", PARENT);
  node.read("parent", formatLink(1, plan, [room]), now, 0);
  if (heard > 0) node.hear("parent", chunks(1, heard), now);
  node.read("parent", formatLinked({ epoch: 1, sequence: heard }, 0), now, 0);
  return node;
}

export function askIn(effects: readonly (NodeEffect<string> | undefined)[]): { ask: number; afterMs: number } {
  const ask = effects.find((effect) => effect?.do === "ask");
  if (ask?.do !== "ask") throw new Error("nobody was asked");
  return ask;
}

/** What one link was sent: texts as they are, sound as its sequences. */
export function sentTo(link: string, effects: readonly NodeEffect<string>[]): (string | number[])[] {
  return messagesTo(link, effects);
}

export function messagesTo(link: string, effects: readonly NodeEffect<string>[]): (string | number[])[] {
  return effects.flatMap((effect): (string | number[])[] => {
    const isFor = link === "all" ? effect.do === "send-all" : effect.do === "send" && effect.to === link;
    if (!isFor || (effect.do !== "send" && effect.do !== "send-all")) return [];
    return [readable(effect.message)];
  });
}

/** What one listener of `node` was sent once a body has done these effects, in order. */
export function heardBy(link: string, node: TreeNode<string>, effects: readonly NodeEffect<string>[]): (string | number[])[] {
  const heard: (string | number[])[] = [];
  perform(node, effects, (to, message) => {
    if (to === link) heard.push(readable(message));
  });
  return heard;
}

/** Does effects as a body does; no line is ever full, unless `queued` says so. */
export function perform(
  node: TreeNode<string>,
  effects: readonly NodeEffect<string>[],
  send: (to: string, message: Uint8Array | string) => void,
  queued: (link: string) => number = () => 0,
  at = now,
): void {
  for (const effect of effects) {
    if (effect.do === "send") send(effect.to, effect.message);
    if (effect.do === "send-all") for (const link of node.down.live) send(link, effect.message);
    if (effect.do === "deliver") {
      perform(node, node.down.deliver(effect.to, { send, queued, heardAt: () => undefined }, at), send, queued, at);
    }
  }
}

function readable(message: Uint8Array | string): string | number[] {
  return typeof message === "string" ? message : [...chunksIn(message)].map(({ at }) => readHeader(message, at)?.sequence ?? -1);
}
