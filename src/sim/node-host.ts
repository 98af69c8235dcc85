import type { Position } from "../core/audio/position.ts";
import { parseSessionId } from "../core/ids.ts";
import { MAX_QUESTION } from "../core/text.ts";
import type { Below } from "../core/tree/down/downstream.ts";
import type { Message } from "../core/tree/down/greeting.ts";
import type { Lines } from "../core/tree/down/listeners.ts";
import type { NodeEffect } from "../core/tree/node-effect.ts";
import type { Ask } from "../core/tree/people/asks.ts";
import type { Reaction } from "../core/tree/people/reactions.ts";
import { type NodeRef, nodeName, type Plan } from "../core/tree/shape/plan.ts";
import { unreachable } from "../core/unreachable.ts";
import { ENDING } from "../core/wire/ending.ts";
import { Asking } from "./asking.ts";
import type { AttachAnswer, AttachAsk, ChildHost, Directory, Escort, Joiner, LeafHost, ParentHost } from "./calls.ts";
import { type Carried, isMessage } from "./carried.ts";
import { Children } from "./children.ts";
import { Disk } from "./disk.ts";
import { Ear, type Hearing } from "./ear.ts";
import { Fan } from "./fan.ts";
import type { Ground } from "./ground.ts";
import { Host } from "./host.ts";
import { type Arrival, Inbox } from "./inbox.ts";
import { LeafDoor } from "./leaf-door.ts";
import type { Minds, NodeMind } from "./minds.ts";
import type { Moment } from "./moment.ts";
import { Reception } from "./reception.ts";
import { Reports } from "./reports.ts";
import { LinkEnd, type Socket } from "./socket.ts";

/** As in objects/tree/node-body.ts and objects/tree/leaf-object.ts, relay-object.ts. */
const SECOND_MS = 1_000;
const IDLE_MS = 30_000;
/** Sound that came within this, in ms, says that a link lives. */
const FRESH_MS = 2_000;
const KEEP_MS: Readonly<Record<Below, number>> = { listeners: 30_000, nodes: 60_000 };
/** Makes a node's mind from its settings and what it had saved. */
export type MakeMind = Minds["node"];
/** What a listener's line does when a mind delivers. */
const LINES: Lines<Socket> = {
  send: (link, message) => link.send(message),
  queued: (link) => link.queuedBytes,
  heardAt: () => undefined,
};

/** Who sees to it that all holds (watch.ts). */
type Looks = { node(node: NodeHost): void; whole(node: NodeHost): void };

/** What a node is given. */
export type NodeNeeds = {
  readonly hearing: Hearing;
  readonly make: MakeMind;
  /** Sees that all holds: `node` after every event, `whole` now and then. */
  readonly watch: Looks;
};

/** What the watch remembers of a node. */
export type Seen = {
  wholeAt: number;
  life: number;
  epoch: number;
  revision: number;
  orphanSince: number | undefined;
  twiceSince: number | undefined;
};

/** The body of a relay or a leaf: does what objects/tree/node-body.ts does, on virtual sockets. Decides nothing. */
export class NodeHost extends Host implements LeafHost, ParentHost, ChildHost {
  readonly node: NodeRef;
  readonly id: number;
  readonly below: Below;
  /** What the watch has seen of it (watch.ts). */
  readonly seen: Seen = { wholeAt: 0, life: 0, epoch: 0, revision: 0, orphanSince: undefined, twiceSince: undefined };
  readonly #directory: Directory;
  readonly #hearing: Hearing;
  readonly #make: MakeMind;
  readonly #watch: Looks;
  #children: Children;
  #mind: NodeMind | undefined;
  readonly #disk = new Disk();
  readonly #asking: Asking;
  readonly #fan: Fan;
  #reception: Reception;
  #door: LeafDoor;
  #uplinks: LinkEnd[] = [];
  readonly #reports: Reports;
  #resting: Moment | undefined;
  #hasSecond = false;

  constructor(ground: Ground, node: NodeRef, id: number, directory: Directory, { hearing, make, watch }: NodeNeeds) {
    super(ground, "node", nodeName(node), node.region);
    this.node = node;
    this.id = id;
    this.below = node.level === 0 ? "listeners" : "nodes";
    this.#directory = directory;
    this.#hearing = hearing;
    this.#make = make;
    this.#watch = watch;
    this.#children = this.#noChildren();
    this.#reception = this.#newReception();
    this.#door = this.#newDoor();
    this.#fan = new Fan(this);
    this.#asking = this.#newAsking();
    this.#reports = this.#newReports();
    if (ground.canWait && this.below === "listeners") this.server.inbox = this.#newInbox(directory.escort);
  }

  /** Lives through what has come and was not looked at yet. */
  catchUp(): void {
    this.server.inbox?.catchUp();
  }

  /** What was said to all is conveyed to everybody, and need not be kept. */
  forgetSaid(): void {
    this.#fan.forget();
  }

  get canWait(): boolean {
    return this.#door.canWait;
  }

  /** The mind, while the object is in memory. */
  get mind(): NodeMind | undefined {
    return this.#mind;
  }

  get plan(): Plan | undefined {
    return this.#mind?.plan;
  }

  /** Listeners who sit at this leaf. */
  get seats(): number {
    return this.#reception.size;
  }

  /** Those of them whose player says that sound comes out: nine of ten. Assumed. */
  get hearing(): number {
    return this.#reception.hearing;
  }

  get ears(): ReadonlySet<Ear> {
    return this.#reception.ears;
  }

  get children(): ReadonlyMap<string, LinkEnd> {
    return this.#children.links;
  }

  get uplinks(): readonly LinkEnd[] {
    return this.#uplinks;
  }

  override die(downMs: number): void {
    this.catchUp();
    this.server.inbox?.clear();
    this.#fan.forget();
    const uplinks = this.#uplinks;
    const links = [...this.#children.links.values()];
    const reception = this.#reception;
    const door = this.#door;
    super.die(downMs);
    this.#mind = undefined;
    this.#resting = undefined;
    this.#reports.forget();
    this.#hasSecond = false;
    this.#children = this.#noChildren();
    this.#uplinks = [];
    this.#reception = this.#newReception();
    this.#door = this.#newDoor();
    this.#disk.lose(this.ground.clock.now);
    if (this.below === "listeners") this.#hurry();
    for (const link of [...uplinks, ...links]) link.abandon();
    reception.drop();
    door.drop();
  }

  knock(joiner: Joiner, plan: Plan, joins: number): void {
    this.#door.knock(joiner, plan, joins);
  }

  /** Somebody surely sits here from `at` on: news, though he is not looked at then. */
  expects(at: number): void {
    this.#reports.soon(at);
  }

  /** One of the steady listeners leaves. False if there is none. */
  loseOne(random: number): boolean {
    this.catchUp();
    if (this.#mind === undefined || !this.#reception.loseOne(this.#mind, random)) return false;
    this.server.charge(this.ground.costs.turnMs);
    this.#settle();
    return true;
  }

  /** Everybody at this leaf taps once, and some ask; what each may say in a second is not asked of a cohort (core/tree/people/leaf-people.ts). */
  answered(reaction: Reaction, askers: number): void {
    this.catchUp();
    const mind = this.#mind;
    const { size } = this.#reception;
    if (mind === undefined || size === 0) return;
    const { costs, luck, measures } = this.ground;
    this.server.charge(size * costs.hopMs);
    measures.taps += size;
    mind.react(reaction, size);
    const asks = Math.floor(size * askers + luck.minds());
    for (let ask = 0; ask < asks; ask++) mind.ask(anAsk(this.name, ++measures.asks, luck.minds()));
    this.#settle();
  }

  attach(ask: AttachAsk, reply: (answer: AttachAnswer) => void): void {
    const mind = this.#know(ask.plan);
    if (mind.plan === undefined) return reply({ dialed: false });
    this.#children.attach(ask, mind.plan, { kind: "relay", node: this.node }, reply);
  }

  dialed(link: LinkEnd, parent: string): Position {
    const mind = this.#mind ?? this.#recall();
    this.#uplinks.push(link);
    mind.dialed(link, parent);
    return mind.down.feed.newest;
  }

  heard(link: LinkEnd, message: Carried): void {
    const mind = this.#mind;
    if (mind === undefined || !isMessage(message)) return;
    if (mind.isUplink(link)) {
      if (typeof message === "string") this.#perform(mind.read(link, message, this.local, this.ground.luck.minds()));
      else {
        this.#perform(mind.hear(link, message, this.local));
        this.#door.heard(mind);
      }
      if (this.below === "listeners") this.#reception.gather(mind);
    }
    // Of many things that are lived through at once, sound asks for nothing more.
    if (this.#hasSecond && this.server.inbox?.isBusy === true) this.#watch.node(this);
    else this.#settle();
  }

  get isCalledFor(): boolean {
    return this.#mind?.idle === false;
  }

  closed(link: LinkEnd): void {
    this.#forgetUplink(link);
    const mind = this.#mind;
    if (mind === undefined) return;
    if (mind.isUplink(link)) this.#perform(mind.lost(link, this.ground.luck.minds()));
    this.#settle();
  }

  #forgetUplink(link: LinkEnd): void {
    this.#uplinks = this.#uplinks.filter((other) => other !== link);
  }

  #know(plan: Plan): NodeMind {
    const mind = this.#mind ?? this.#recall();
    if (plan.revision > (mind.plan?.revision ?? 0)) this.#perform(mind.learn(plan, this.ground.luck.minds()));
    return mind;
  }

  #recall(): NodeMind {
    const settings = {
      node: this.node,
      below: this.below,
      keepMs: KEEP_MS[this.below],
      serving: {
        listeners: () => this.#reception.size,
        hearing: () => this.hearing,
        chunks: this.#hearing.chunks,
        texts: this.#hearing.texts,
        stride: this.#hearing.stride,
      },
    };
    this.#mind = this.#make(settings, this.#disk.saved, { above: [], below: [] }, this.local);
    this.#perform(this.#mind.wake(this.local, this.ground.luck.minds()));
    return this.#mind;
  }

  #perform(effects: readonly NodeEffect<Socket>[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: NodeEffect<Socket>): void {
    switch (effect.do) {
      case "send":
        return effect.to.send(effect.message);
      case "send-all":
        return this.#sayAll(effect.message);
      case "deliver":
        return this.#perform(this.#mind?.down.deliver(effect.to, LINES, this.local) ?? []);
      case "mark-live":
        if (effect.link instanceof Ear) effect.link.goLive();
        return;
      case "keep":
      case "refuse":
        // Listeners are simulated without a sleep to remember anything through, and do not read what they are refused.
        return;
      case "close": {
        const { link } = effect;
        link.close(ENDING[effect.ending].code);
        if (link instanceof Ear) this.#reception.sentAway(link);
        else if (link instanceof LinkEnd) this.#forgetUplink(link);
        return this.#perform(this.#mind?.lost(link, this.ground.luck.minds()) ?? []);
      }
      case "save":
        return this.#disk.write(effect.saved, this.ground.clock.now);
      case "ask":
        this.later(effect.afterMs, () => this.#asking.ask(effect.ask));
        return;
      case "wake":
        return this.#children.wake(effect.children, { kind: "relay", node: this.node });
      case "redial":
        return this.#children.redial(effect.link, { kind: "relay", node: this.node });
      default:
        return unreachable(effect);
    }
  }

  #learn(plan: Plan): void {
    this.#perform(this.#mind?.learn(plan, this.ground.luck.minds()) ?? []);
    this.#settle();
  }

  /** As in objects/tree/node-body.ts. */
  #settle(): void {
    const mind = this.#mind;
    if (mind === undefined) return;
    if (!this.#hasSecond && mind.wantsSeconds) this.#awaitSecond(mind);
    if (mind.owesReport) this.#reports.soon();
    if (mind.idle) this.#resting ??= this.later(IDLE_MS, () => this.#rest());
    this.#watch.node(this);
    if (this.server.inbox?.isBusy === false) this.#tellRoom();
  }

  /** Whoever leads listeners here knows for how many there is room. */
  #tellRoom(): void {
    this.#directory.escort.hasRoom(this, this.#door.room, this.#mind?.plan?.revision ?? 0);
  }

  /** Who is on his way comes at his very instant, and so does sound. */
  #hurry(): void {
    this.#directory.escort.hasRoom(this, 0, 0);
    this.#directory.escort.hurry(this);
    this.server.inbox?.hasten();
    for (const link of this.#uplinks) link.peer?.hasten();
  }

  #sayAll(message: Message): void {
    const live = this.#mind?.down.live ?? [];
    if (this.below === "nodes") this.#fan.say(live, message);
    else for (const link of live) link.send(message);
  }

  /** While sound comes, seconds change nothing for anybody else. */
  #awaitSecond(mind: NodeMind): void {
    this.#hasSecond = true;
    const { inbox } = this.server;
    const isFed = mind.isFed && mind.down.flows && (mind.down.feed.ageMs(this.local) ?? FRESH_MS) < FRESH_MS;
    if (inbox === undefined || !isFed || !this.#door.canWait) this.later(SECOND_MS, this.#passes);
    else inbox.add(this.moment(SECOND_MS, this.#passes));
  }

  readonly #passes = (): void => this.#pass();

  #pass(): void {
    this.#hasSecond = false;
    const mind = this.#mind;
    if (mind === undefined) return;
    this.#perform(mind.second(this.local, this.ground.luck.minds()));
    if (this.below === "listeners") this.#reception.gather(mind);
    this.#settle();
  }

  #rest(): void {
    this.#resting = undefined;
    this.#perform(this.#mind?.rest() ?? []);
  }

  #newDoor(): LeafDoor {
    return new LeafDoor(this, {
      mind: () => this.#mind,
      know: (plan) => this.#know(plan),
      reserve: () => this.#reception.reserve(),
      sit: (joiner, mind) => this.#reception.sit(joiner, mind),
      settle: () => this.#settle(),
      hasten: () => this.#hurry(),
    });
  }

  #newReception(): Reception {
    return new Reception(this, this.#hearing, {
      mind: () => this.#mind,
      perform: (effects) => this.#perform(effects),
      settle: () => this.#settle(),
    });
  }

  #newInbox(escort: Escort): Inbox {
    const inbox = new Inbox(this.ground.clock, this.server, {
      fetch: (now) => {
        for (const link of this.#uplinks) link.peer?.convey();
        escort.callers(this, now, add);
      },
      done: () => this.#tellRoom(),
    });
    const add = (caller: Arrival) => inbox.add(caller);
    return inbox;
  }

  #newReports(): Reports {
    return new Reports(this, {
      mind: () => this.#mind,
      told: () => {
        this.#watch.whole(this);
        if (this.below === "listeners") this.#directory.escort.told(this);
      },
      send: ({ to, passed }, written) => {
        if (to instanceof LinkEnd) to.send(written);
        this.#perform(passed);
      },
    });
  }

  #newAsking(): Asking {
    return new Asking(this, this.node, this.#directory, {
      mind: () => this.#mind,
      unanswered: (mind, ask) => this.#perform(mind.unanswered(ask, this.ground.luck.minds())),
      learn: (plan) => this.#learn(plan),
      settle: () => this.#settle(),
    });
  }

  #noChildren(): Children {
    return new Children(this, this.#directory, {
      joined: (link, from) => {
        this.#perform(this.#mind?.join(link, from, this.local, this.ground.luck.minds()) ?? []);
        this.#settle();
      },
      left: (link) => {
        this.#mind?.leave(link);
        this.#settle();
      },
      counted: (link, report) => {
        this.#mind?.count(link, report);
        this.#settle();
      },
    });
  }
}

/** Somebody's question, of the longest. */
function anAsk(leaf: string, order: number, luck: number): Ask {
  const session = parseSessionId(`listener-${order}`);
  if (session === undefined) throw new Error("no session");
  return { id: `question-${order}`, kind: "question", session, name: "A listener", text: "?".repeat(MAX_QUESTION), luck, leaf, order };
}
