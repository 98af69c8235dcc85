import type { LocalTime } from "../core/ids.ts";
import { TreeNode } from "../core/tree/node.ts";
import type { KeptLinks, NodeSettings } from "../core/tree/node-effect.ts";
import { TreeRoot } from "../core/tree/root.ts";
import type { Saved } from "../core/tree/saved.ts";
import type { Limits } from "../core/tree/shape/grow.ts";
import type { Plan } from "../core/tree/shape/plan.ts";
import type { Socket } from "./socket.ts";

/** The minds that an evening runs: those of core, unless a test plants a faulty one to see that it is found out. */

export type NodeMind = TreeNode<Socket>;
export type RootMind = TreeRoot<Socket>;

export type Minds = {
  readonly node: (settings: NodeSettings, saved: Saved | undefined, kept: KeptLinks<Socket>, now: LocalTime) => NodeMind;
  readonly root: (plan: Plan, epoch: number, ended: boolean, now: LocalTime, limits: Limits) => RootMind;
};

export const MINDS: Minds = {
  node: (settings, saved, kept, now) => new TreeNode<Socket>(settings, saved, kept, now),
  root: (plan, epoch, ended, now, limits) => new TreeRoot<Socket>(plan, epoch, ended, now, limits),
};
