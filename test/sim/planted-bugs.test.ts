import { describe, expect, it } from "vitest";
import { chunksIn, readHeader } from "../../src/core/audio/chunk.ts";
import type { Position } from "../../src/core/audio/position.ts";
import type { LocalTime } from "../../src/core/ids.ts";
import type { Message } from "../../src/core/tree/down/greeting.ts";
import type { Lines } from "../../src/core/tree/down/listeners.ts";
import { TreeNode } from "../../src/core/tree/node.ts";
import type { NodeEffect } from "../../src/core/tree/node-effect.ts";
import type { Reaction } from "../../src/core/tree/people/reactions.ts";
import { type RootEffect, type Tick, TreeRoot } from "../../src/core/tree/root.ts";
import type { ParentRef, Plan } from "../../src/core/tree/shape/plan.ts";
import type { TallyReport } from "../../src/core/tree/up/totals.ts";
import type { Rule } from "../../src/sim/invariants.ts";
import type { Minds, NodeMind } from "../../src/sim/minds.ts";
import type { Scenario } from "../../src/sim/scenario.ts";
import { everybodyAnswers } from "../../src/sim/scenarios/everybody-answers.ts";
import type { Socket } from "../../src/sim/socket.ts";
import type { WorldSettings } from "../../src/sim/world-settings.ts";
import { nodesDie, smallEvening } from "./small-evening.ts";

/** A mind with a fault, and the rule by which it is found out. */
type Bug = {
  readonly says: string;
  readonly rule: Rule;
  readonly minds: Partial<Minds>;
  readonly settings?: Partial<WorldSettings>;
  readonly scenario?: Scenario;
  /** Of the evening; 60 where nothing is said. */
  readonly seconds?: number;
};

type Effects = readonly NodeEffect<Socket>[];
type NodeArguments = ConstructorParameters<typeof TreeNode<Socket>>;

/** Nodes of a faulty class. */
function nodes(Faulty: new (...args: NodeArguments) => NodeMind): Partial<Minds> {
  return { node: (...args) => new Faulty(...args) };
}

function roots(Faulty: new (...args: ConstructorParameters<typeof TreeRoot<Socket>>) => TreeRoot<Socket>): Partial<Minds> {
  return { root: (...args) => new Faulty(...args) };
}

/** Leaves that send what `each` makes of every message to a listener in his turn. */
function delivering(each: (message: Message, send: (message: Message) => void) => void): Partial<Minds> {
  return {
    node(...args) {
      const node = new TreeNode<Socket>(...args);
      const deliver = node.down.deliver.bind(node.down);
      node.down.deliver = (to, lines, now) =>
        deliver(to, { ...lines, send: (link, message) => each(message, (sent) => lines.send(link, sent)) }, now);
      return node;
    },
  };
}

/** Nodes whose effects are changed on their way to the body. */
function changing(change: (effects: Effects, node: NodeMind) => Effects): Partial<Minds> {
  class Changed extends TreeNode<Socket> {
    override join(link: Socket, from: Position | undefined, now: LocalTime, random: number): Effects {
      return change(super.join(link, from, now, random), this);
    }
    override read(link: Socket, text: string, now: LocalTime, random: number): Effects {
      return change(super.read(link, text, now, random), this);
    }
    override hear(link: Socket, message: Uint8Array, now: LocalTime): Effects {
      return change(super.hear(link, message, now), this);
    }
    override lost(link: Socket, random: number): Effects {
      return change(super.lost(link, random), this);
    }
    override second(now: LocalTime, random: number): Effects {
      return change(super.second(now, random), this);
    }
    override unanswered(ask: number, random: number): Effects {
      return change(super.unanswered(ask, random), this);
    }
  }
  return nodes(Changed);
}

let told = 0;
const isGap = (message: Message): boolean => typeof message === "string" && message.startsWith('{"type":"gap"');
const isSound = (message: Message): message is Uint8Array => typeof message !== "string";
const every = (times: number): boolean => ++told % times === 0;
const slow: Partial<WorldSettings> = { slow: { share: 0.2, kbps: 8 } };
/** Many leaves, few listeners each. */
const broad: Partial<WorldSettings> = { leaves: 200, leafListeners: 8, fanOut: 8 };
const unplanted: Partial<WorldSettings> = { leaves: 1 };

class StaleParent extends TreeNode<Socket> {
  override question(ask: number): { parent: ParentRef; plan: Plan; from: Position } | undefined {
    const question = super.question(ask);
    if (question === undefined || question.parent.kind === "root") return question;
    // Whom it may not ask: a node of its own level.
    return { ...question, parent: { kind: "relay", node: { ...question.parent.node, level: this.node.level } } };
  }
}

class AsksTheRoom extends TreeNode<Socket> {
  override question(ask: number): { parent: ParentRef; plan: Plan; from: Position } | undefined {
    const question = super.question(ask);
    return question === undefined ? undefined : { ...question, parent: { kind: "root", room: question.plan.root } };
  }
}

class NeverAsksAgain extends TreeNode<Socket> {
  override lost(link: Socket, random: number): Effects {
    super.lost(link, random);
    return [];
  }
  override second(): Effects {
    return [];
  }
}

class DeafToSilence extends TreeNode<Socket> {
  override second(now: LocalTime): Effects {
    return this.down.second(now);
  }
}

class ForgetsToReport extends TreeNode<Socket> {
  override get owesReport(): boolean {
    return false;
  }
}

class SameRevision extends TreeNode<Socket> {
  override report(): ReturnType<NodeMind["report"]> {
    const report = super.report();
    return report === undefined ? undefined : { ...report, said: { ...report.said, revision: 7 } };
  }
}

class CountsWhoIsGone extends TreeNode<Socket> {
  override leave(link: Socket): void {
    if (this.node.level === 0) super.leave(link);
  }
}

class RoomForEverybody extends TreeNode<Socket> {
  override get listeners(): number {
    return 0;
  }
}

class OlderPlan extends TreeNode<Socket> {
  #first: Plan | undefined;
  override get plan(): Plan | undefined {
    const plan = super.plan;
    this.#first ??= plan;
    return every(50) ? this.#first : plan;
  }
}

class CountsTwice extends TreeRoot<Socket> {
  override get listeners(): number {
    return super.listeners * 2;
  }
}

class CountsTheDead extends TreeRoot<Socket> {
  override leave(): boolean {
    return false;
  }
}

class SameEpochAgain extends TreeRoot<Socket> {
  override begin(_epoch: number, chunkMs: number, now: LocalTime): void {
    super.begin(1, chunkMs, now);
  }
}

class SkipsATick extends TreeRoot<Socket> {
  override tick(now: LocalTime): Tick<Socket> | undefined {
    const tick = super.tick(now);
    return tick !== undefined && tick.closed.sequence % 40 === 0 ? { ...tick, effects: [] } : tick;
  }
}

class FallsSilent extends TreeRoot<Socket> {
  override tick(now: LocalTime): Tick<Socket> | undefined {
    const tick = super.tick(now);
    return tick !== undefined && tick.closed.sequence > 150 ? { ...tick, effects: [] } : tick;
  }
}

class NeverGrows extends TreeRoot<Socket> {
  override second(now: LocalTime): readonly RootEffect<Socket>[] {
    return super.second(now).filter((effect) => effect.do !== "store-plan");
  }
}

class GrowsUnderTheSameRevision extends TreeRoot<Socket> {
  override second(now: LocalTime): readonly RootEffect<Socket>[] {
    return super.second(now).map((effect) => (effect.do === "store-plan" ? { ...effect, plan: { ...effect.plan, revision: 1 } } : effect));
  }
}

class TakesNobody extends TreeRoot<Socket> {
  override join(): [] {
    return [];
  }
}

class CountsOnlyOneChild extends TreeRoot<Socket> {
  #one: Socket | undefined;
  override count(link: Socket, report: TallyReport): boolean {
    this.#one ??= link;
    return link === this.#one && super.count(link, report);
  }
}

/** The last chunk of a message cut off. */
function shorter(message: Uint8Array): Uint8Array {
  const last = [...chunksIn(message)].at(-1);
  return last === undefined ? message : message.subarray(0, last.at);
}

const BUGS: readonly Bug[] = [
  {
    says: "a leaf sends a chunk twice",
    rule: "order",
    minds: delivering((message, send) => {
      send(message);
      if (isSound(message) && every(300)) send(message);
    }),
  },
  {
    says: "a leaf leaves out a chunk",
    rule: "hole",
    minds: delivering((message, send) => {
      if (!isSound(message) || !every(300)) send(message);
    }),
  },
  {
    says: "a leaf forgets to tell of a gap",
    rule: "hole",
    minds: delivering((message, send) => {
      if (!isGap(message)) send(message);
    }),
  },
  {
    says: "a gap ends one chunk too early",
    rule: "hole",
    minds: delivering((message, send) => {
      send(
        typeof message === "string"
          ? message.replace(/("to":\{"epoch":\d+,"sequence":)(\d+)/, (_, head, to) => `${head}${Number(to) - 1}`)
          : message,
      );
    }),
  },
  {
    says: "a chunk is repeated after a node has taken a new parent",
    rule: "order",
    minds: changing((effects, node) => {
      const isNew = effects.some((effect) => effect.do === "mark-live");
      const last = node.down.feed.after({ epoch: 1, sequence: 0 }).at(-1);
      return node.node.level > 0 || isNew || last === undefined || !effects.some((effect) => effect.do === "save")
        ? effects
        : [...effects, { do: "send-all", message: last.bytes }];
    }),
  },
  {
    says: "a newcomer is not welcomed",
    rule: "welcome",
    minds: changing((effects) =>
      effects.filter((effect) => effect.do !== "send" || !String(effect.message).startsWith('{"type":"welcome"')),
    ),
  },
  {
    says: "a newcomer hears before he is welcomed",
    rule: "welcome",
    minds: changing((effects) => [
      ...effects.filter((effect) => effect.do === "send" && isSound(effect.message)),
      ...effects.filter((effect) => effect.do !== "send" || !isSound(effect.message)),
    ]),
  },
  {
    says: "a greeting is one chunk too short",
    rule: "hole",
    minds: changing((effects, node) =>
      node.node.level > 0
        ? effects
        : effects.map((effect) =>
            effect.do === "send" && isSound(effect.message) && effect.message.byteLength > 500
              ? { ...effect, message: shorter(effect.message) }
              : effect,
          ),
    ),
  },
  {
    says: "a relay passes over a chunk",
    rule: "lost",
    minds: changing((effects, node) =>
      node.node.level === 1 && effects.some((effect) => effect.do === "send-all" && isSound(effect.message)) && every(200) ? [] : effects,
    ),
  },
  {
    says: "the root passes over a tick",
    rule: "lost",
    minds: roots(SkipsATick),
  },
  { says: "a node asks whom it may not be fed by", rule: "orphan", minds: nodes(StaleParent) },
  { says: "a node that lost its parent asks nobody", rule: "orphan", minds: nodes(NeverAsksAgain) },
  { says: "a node does not notice that its parent has fallen silent", rule: "orphan", minds: nodes(DeafToSilence) },
  { says: "every node asks the room instead of its parent", rule: "requests", minds: nodes(AsksTheRoom), settings: broad },
  {
    says: "a node keeps a parent that was replaced",
    rule: "twice",
    minds: changing((effects) => effects.filter((effect) => effect.do !== "close")),
  },
  { says: "nodes forget to report", rule: "counts", minds: nodes(ForgetsToReport) },
  { says: "reports bear the same revision again and again", rule: "counts", minds: nodes(SameRevision) },
  // Seen once nodes have gone home from who stood in.
  { says: "a relay counts who is gone", rule: "counts", minds: nodes(CountsWhoIsGone), seconds: 150 },
  { says: "the root counts everybody twice", rule: "counts", minds: roots(CountsTwice) },
  { says: "the root counts who is gone", rule: "counts", minds: roots(CountsTheDead), scenario: nodesDie },
  { says: "the root counts one child only", rule: "counts", minds: roots(CountsOnlyOneChild), seconds: 150 },
  { says: "a leaf takes more than it has seats", rule: "children", minds: nodes(RoomForEverybody), settings: { leaves: 6 } },
  { says: "a node goes back to an older plan", rule: "plan", minds: nodes(OlderPlan), settings: unplanted },
  { says: "a root begins an epoch that there was before", rule: "silence", minds: roots(SameEpochAgain) },
  { says: "the root falls silent", rule: "recovery", minds: roots(FallsSilent) },
  { says: "a root does not greet who attaches", rule: "recovery", minds: roots(TakesNobody) },
  { says: "the tree does not grow", rule: "recovery", minds: roots(NeverGrows), settings: unplanted },
  {
    says: "a wider plan bears the revision of the one before",
    rule: "recovery",
    minds: roots(GrowsUnderTheSameRevision),
    settings: unplanted,
  },
  {
    says: "a slow listener's line is not bounded",
    rule: "queued",
    settings: slow,
    minds: {
      node(...args) {
        const node = new TreeNode<Socket>(...args);
        const deliver = node.down.deliver.bind(node.down);
        node.down.deliver = (to, lines: Lines<Socket>, now) => deliver(to, { ...lines, queued: () => 0 }, now);
        return node;
      },
    },
  },
  {
    says: "who was held back is sent on from where he should be, not from where he is",
    rule: "hole",
    settings: slow,
    minds: delivering((message, send) => {
      if (!isSound(message) || (readHeader(message, 0)?.sequence ?? 0) % 60 !== 0) send(message);
    }),
  },
  {
    says: "a parent takes every report for the first one of a new life",
    rule: "answers",
    scenario: everybodyAnswers,
    minds: nodes(
      class extends TreeNode<Socket> {
        override count(child: Socket, report: TallyReport): void {
          super.count(child, { ...report, life: report.revision });
        }
      },
    ),
  },
  {
    says: "a leaf forgets to say who hears",
    rule: "answers",
    scenario: everybodyAnswers,
    minds: {
      node: ({ serving, ...settings }, ...more) => new TreeNode({ ...settings, serving: { ...serving, hearing: () => 0 } }, ...more),
    },
  },
  {
    says: "a leaf counts one tap too many each time",
    rule: "answers",
    scenario: everybodyAnswers,
    minds: nodes(
      class extends TreeNode<Socket> {
        override react(reaction: Reaction, times: number): void {
          super.react(reaction, times + 1);
        }
      },
    ),
  },
];

describe("an evening in which everything breaks once", () => {
  it.each([1, 2, 3])("keeps every rule with the minds as they are (seed %i)", (seed) => {
    expect(smallEvening({}, {}, seed).broken).toEqual([]);
    expect(smallEvening({}, slow, seed).broken).toEqual([]);
    expect(smallEvening({}, unplanted, seed).broken).toEqual([]);
  });

  it("has more than twenty bugs planted into it", () => {
    expect(new Set(BUGS.map(({ says }) => says)).size).toBeGreaterThan(20);
  });

  it.each(BUGS)("finds out when $says", ({ minds, settings, scenario, seconds, rule }) => {
    told = 0;
    const found = smallEvening(minds, settings, 1, scenario, seconds).brokenRules;
    expect(Object.keys(found)).toContain(rule);
  });
});
