import type { Position } from "../../src/core/audio/position.ts";
import { localTime } from "../../src/core/ids.ts";
import { TreeNode } from "../../src/core/tree/node.ts";
import type { NodeEffect } from "../../src/core/tree/node-effect.ts";
import { TreeRoot } from "../../src/core/tree/root.ts";
import { type NodeRef, nodeName, type ParentRef, type Plan, parentName, parseNodeName } from "../../src/core/tree/shape/plan.ts";
import { mayFeed } from "../../src/core/tree/shape/repair.ts";
import { formatTally, parseTally } from "../../src/core/tree/up/totals.ts";
import { aChunk, leaf, luck } from "./build.ts";

type Link = { readonly id: string; readonly parent: string; readonly child: string; swallows: boolean };

/**
 * A whole tree of minds with bodies that do as the real ones do, in steps of 100 ms. Each leaf has one listener, who comes back when it
 * does. What is down answers nobody; what comes up again has forgotten all.
 */
export class Woods {
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #links = new Map<string, Link>();
  readonly #asks: { readonly due: number; readonly node: string; readonly mind: TreeNode<string>; readonly ask: number }[] = [];
  readonly nodes = new Map<string, TreeNode<string>>();
  readonly down = new Set<string>();
  #root: TreeRoot<string>;
  #nowMs = 0;
  #sequence = 0;
  #epoch = 1;
  #given = 0;

  constructor(plan: Plan, seed: number) {
    this.#plan = plan;
    this.#random = luck(seed);
    this.#root = this.#plant();
    for (let index = 0; index < (plan.regions.weur?.width ?? 0); index++) this.#listen(nodeName(leaf(index)));
  }

  /** Every link that a node listens to now, from whom to whom. */
  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  kill(name: string): void {
    if (this.down.has(name)) return;
    this.down.add(name);
    this.nodes.delete(name);
    for (const link of this.links) if (link.parent === name || link.child === name) this.#cut(link, name);
  }

  revive(name: string): void {
    if (!this.down.delete(name)) return;
    if (name === this.#plan.root) {
      this.#epoch++;
      this.#sequence = 0;
      this.#root = this.#plant();
    } else if (parseNodeName(name)?.level === 0) this.#listen(name);
  }

  /** From here on nothing passes this link in either direction, and neither end is told. */
  swallow(index: number): void {
    const link = this.links[index % Math.max(1, this.#links.size)];
    if (link !== undefined) link.swallows = true;
  }

  play(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (let step = 0; step < 10; step++) this.#step();
      for (const [name, mind] of [...this.nodes]) {
        if (mind.wantsSeconds) this.#perform(name, mind, mind.second(this.#now, this.#random()));
        this.#report(mind);
      }
      if (!this.down.has(this.#plan.root))
        for (const effect of this.#root.second(this.#now)) if (effect.do === "redial") this.#redial(effect.link);
    }
  }

  get #now() {
    return localTime(this.#nowMs);
  }

  #step(): void {
    this.#nowMs += 100;
    if (!this.down.has(this.#plan.root)) {
      const chunk = aChunk(++this.#sequence, { epoch: this.#epoch });
      for (const effect of this.#root.down.hear(chunk, this.#now)) this.#send(this.#root.down.live, effect);
    }
    const due = this.#asks.filter((ask) => ask.due <= this.#nowMs);
    for (const ask of due) {
      this.#asks.splice(this.#asks.indexOf(ask), 1);
      if (this.nodes.get(ask.node) === ask.mind) this.#ask(ask.node, ask.mind, ask.ask);
    }
  }

  #report(mind: TreeNode<string>): void {
    const report = mind.report();
    const link = report === undefined ? undefined : this.#links.get(report.to);
    const totals = report === undefined ? undefined : parseTally(formatTally(report.said));
    if (link === undefined || totals === undefined || link.swallows) return;
    if (link.parent === this.#plan.root) this.#root.count(link.id, totals);
    else this.nodes.get(link.parent)?.count(link.id, totals);
  }

  /** Who should have reported is dialed anew. */
  #redial(id: string): void {
    const link = this.#links.get(id);
    const node = link === undefined ? undefined : parseNodeName(link.child);
    const child = link === undefined ? undefined : this.nodes.get(link.child);
    if (link === undefined || node === undefined || child === undefined) return;
    const parent = parseNodeName(link.parent);
    const by = parent === undefined ? ({ kind: "root", room: this.#plan.root } as const) : ({ kind: "relay", node: parent } as const);
    this.#dial(by, link.child, child, child.down.feed.newest);
  }

  #plant(): TreeRoot<string> {
    const root = new TreeRoot<string>(this.#plan, this.#epoch, false, this.#now);
    root.start(this.#now);
    return root;
  }

  #know(name: string, node: NodeRef): TreeNode<string> {
    const known = this.nodes.get(name);
    if (known !== undefined) return known;
    const below = node.level === 0 ? "listeners" : "nodes";
    const mind = new TreeNode<string>({ node, below, keepMs: 30_000 }, undefined, { above: [], below: [] }, this.#now);
    this.nodes.set(name, mind);
    this.#perform(name, mind, mind.learn(this.#plan, this.#random()));
    return mind;
  }

  #listen(name: string): void {
    const node = parseNodeName(name);
    if (node === undefined) return;
    const mind = this.#know(name, node);
    this.#perform(name, mind, mind.join(`ear of ${name}`, undefined, this.#now, this.#random()));
  }

  #ask(name: string, mind: TreeNode<string>, ask: number): void {
    const question = mind.question(ask);
    if (question === undefined) return;
    const { parent, from } = question;
    const asked = parentName(parent);
    if (this.down.has(asked) || !this.#feeds(parent, mind.node)) return this.#perform(name, mind, mind.unanswered(ask, this.#random()));
    this.#dial(parent, name, mind, from);
  }

  #dial(parent: ParentRef, name: string, mind: TreeNode<string>, from: Position): void {
    const asked = parentName(parent);
    const link = { id: `link ${++this.#given}`, parent: asked, child: name, swallows: false };
    // A newer link to a child replaces an older one.
    for (const older of this.links) if (older.parent === asked && older.child === name) this.#cut(older);
    this.#links.set(link.id, link);
    mind.dialed(link.id, asked);
    if (parent.kind === "root") for (const effect of this.#root.join(link.id, from, this.#now)) this.#send(this.#root.down.live, effect);
    else {
      const relay = this.#know(asked, parent.node);
      this.#perform(asked, relay, relay.join(link.id, from, this.#now, this.#random()));
    }
  }

  #feeds(parent: ParentRef, child: NodeRef): boolean {
    const name = parentName(parent);
    const others = this.links.filter((link) => link.parent === name && link.child !== nodeName(child)).length;
    return mayFeed(this.#plan, parent, child, others);
  }

  /** A link is gone, and whoever lives at its ends is told; `except` is dead. */
  #cut(link: Link, except?: string): void {
    this.#links.delete(link.id);
    if (link.parent === this.#plan.root) this.#root.leave(link.id);
    else if (link.parent !== except) this.nodes.get(link.parent)?.leave(link.id);
    const child = link.child === except ? undefined : this.nodes.get(link.child);
    if (child !== undefined && !link.swallows) this.#perform(link.child, child, child.lost(link.id, this.#random()));
  }

  #perform(name: string, mind: TreeNode<string>, effects: readonly NodeEffect<string>[]): void {
    for (const effect of effects) {
      if (effect.do === "ask") this.#asks.push({ due: this.#nowMs + effect.afterMs, node: name, mind, ask: effect.ask });
      else if (effect.do === "close") {
        const link = this.#links.get(effect.link);
        if (link !== undefined) this.#cut(link);
      } else if (effect.do === "redial") this.#redial(effect.link);
      else this.#send(mind.down.live, effect);
    }
  }

  #send(live: Iterable<string>, effect: NodeEffect<string>): void {
    if (effect.do !== "send" && effect.do !== "send-all") return;
    for (const id of effect.do === "send" ? [effect.to] : [...live]) {
      const link = this.#links.get(id);
      const child = link === undefined || link.swallows ? undefined : this.nodes.get(link.child);
      if (link === undefined || child === undefined) continue;
      const { message } = effect;
      const said = typeof message === "string" ? child.read(id, message, this.#now, this.#random()) : child.hear(id, message, this.#now);
      this.#perform(link.child, child, said);
    }
  }
}
