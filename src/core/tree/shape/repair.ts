import { type NodeRef, nodesAt, type ParentRef, type Plan, parentName, parentOf } from "./plan.ts";

/**
 * Whom a node asks to be fed, in this order: its own parent, then the parent's next sibling in the region, then the grandparent.
 *
 * All of them stand on a higher level than the node, so that no cycle can arise, whoever stands in for whom.
 */
export function candidatesOf(plan: Plan, node: NodeRef): readonly ParentRef[] {
  const parent = parentOf(plan, node);
  if (parent.kind === "root") return [parent];
  const { region, level, index } = parent.node;
  const relays = nodesAt(plan.regions[region]?.width ?? 0, plan.fanOut, level);
  const sibling = (index + 1) % Math.max(1, relays);
  const standsIn: readonly ParentRef[] = sibling === index ? [] : [{ kind: "relay", node: { ...parent.node, index: sibling } }];
  return [parent, ...standsIn, parentOf(plan, parent.node)];
}

/**
 * True if `parent` takes `child`: its own always; others, for whom it stands in, while it feeds fewer than twice its fan-out. Then half of a
 * level may be lost, and nobody is given more than the machine can bear.
 *
 * @param feeds children that hang on `parent` now
 */
export function mayFeed(plan: Plan, parent: ParentRef, child: NodeRef, feeds: number): boolean {
  if (child.audience !== plan.audience || (parent.kind === "relay" && child.level >= parent.node.level)) return false;
  return parentName(parentOf(plan, child)) === parentName(parent) || feeds < 2 * plan.fanOut;
}
