import { type AudienceId, parseAudienceId, parseRoomId, type RoomId } from "../../ids.ts";
import { isCount, isFields } from "../../json.ts";
import { DEFAULT_REGION, isRegion, REGIONS, type Region } from "./region.ts";

/** One region's leaves: those below `firstOpen` were full and get no joins, those from `width` on are not in use. */
export type Window = { readonly firstOpen: number; readonly width: number };

/** The public half of the room's key pair, as a JSON Web Key; whoever has the plan can check tickets. */
export type VerifyKey = { readonly kty: string; readonly crv: string; readonly x: string };

/**
 * All that a node or an edge isolate must know of a tree; names, parents and levels follow from it by arithmetic.
 * Small (some 300 bytes), because it rides on the answers to joins.
 */
export type Plan = {
  /** One more with each change; the highest is the newest. */
  readonly revision: number;
  readonly audience: AudienceId;
  /** The room whose object feeds the tree. */
  readonly root: RoomId;
  /** Children that one object feeds, 2 or more. */
  readonly fanOut: number;
  /** Listeners that one leaf takes. */
  readonly leafListeners: number;
  readonly regions: Readonly<Partial<Record<Region, Window>>>;
  /** A crowd is expected: nodes keep their links though nobody listens yet. */
  readonly planted: boolean;
  readonly verifyKey: VerifyKey;
  /** The unguessable part of the addresses of this audience's segments; undefined where they cannot be fetched. */
  readonly segments?: string;
  /** The room is private: whoever comes to listen brings one of its tickets. */
  readonly listenTicket?: true;
  /** A private room that another one continues: the one before it, whose invitations still let in. */
  readonly before?: { readonly root: RoomId; readonly verifyKey: VerifyKey };
  /**
   * Under this key edges turn listeners' addresses into what a ban may name (core/address.ts). It is replaced every day and dropped when the
   * room ends, and no node stores it: bans by address die with it. Undefined where no address is looked at.
   */
  readonly addressKey?: string;
};

/** A node below the root. Level 0 are the leaves, 1 the relays above them, and so on. */
export type NodeRef = { readonly audience: AudienceId; readonly region: Region; readonly level: number; readonly index: number };

/** Who feeds a node: the room's object, or a relay. */
export type ParentRef = { readonly kind: "root"; readonly room: RoomId } | { readonly kind: "relay"; readonly node: NodeRef };

/** No tree is deeper: with the least fan-out of 2 that is 2^24 leaves; a bound for loops and names. */
const MAX_LEVEL = 24;
/** The archive's: above all relays, so it hangs on the root however wide the tree is. */
const ARCHIVE_LEVEL = MAX_LEVEL + 1;
/** The archive's name, behind its audience's. */
const ARCHIVE = "archive";
/** The radios': beside the archive. */
const RADIO_LEVEL = ARCHIVE_LEVEL + 1;
/** The radios' names, behind their audience's and before their number. */
const RADIO = "radio";
/** Radios that an audience has at most: all of them hang on the root, and it feeds some dozens of children. */
export const MOST_RADIOS = 16;

/**
 * Levels of relays between the root and the leaves: as few as let the root feed what is left at the top.
 *
 * With a fan-out of 64 in one region: up to 64 leaves need none, 65 to 4,096 need one, 4,097 to 262,144 need two.
 * One number for all regions, so that growing one width re-parents no node but the root's own children.
 */
export function relayLevels(plan: Plan): number {
  const widths = Object.values(plan.regions).map((window) => window.width);
  const regionsInUse = widths.filter((width) => width > 0).length;
  const widest = Math.max(plan.fanOut, regionsInUse);
  for (let level = 0; level < MAX_LEVEL; level++) {
    const top = widths.reduce((sum, width) => sum + nodesAt(width, plan.fanOut, level), 0);
    if (top <= widest) return level;
  }
  return MAX_LEVEL;
}

/** Nodes of one region at a level: every `fanOut ** level` leaves have one. */
export function nodesAt(width: number, fanOut: number, level: number): number {
  return Math.ceil(width / fanOut ** level);
}

/** The first leaf of a region that joins are sent to; 0 of a region without leaves. */
export function firstOpenIn(plan: Plan, region: Region): number {
  return plan.regions[region]?.firstOpen ?? 0;
}

/** Who feeds `node`. A node whose level the plan does not have any more hangs on the root. */
export function parentOf(plan: Plan, node: NodeRef): ParentRef {
  if (node.level >= relayLevels(plan)) return { kind: "root", room: plan.root };
  return { kind: "relay", node: { ...node, level: node.level + 1, index: Math.floor(node.index / plan.fanOut) } };
}

/** Whom the root feeds, or a relay: by the plan, whether or not they are awake. */
export function childrenOf(plan: Plan, parent: NodeRef | "root"): readonly NodeRef[] {
  if (parent === "root") return REGIONS.flatMap((region) => nodesFrom(plan, region, relayLevels(plan), 0, Number.POSITIVE_INFINITY));
  return nodesFrom(plan, parent.region, parent.level - 1, parent.index * plan.fanOut, (parent.index + 1) * plan.fanOut);
}

function nodesFrom(plan: Plan, region: Region, level: number, from: number, to: number): readonly NodeRef[] {
  const end = Math.min(to, nodesAt(plan.regions[region]?.width ?? 0, plan.fanOut, level));
  const { audience } = plan;
  return Array.from({ length: Math.max(0, end - from) }, (_, offset) => ({ audience, region, level, index: from + offset }));
}

/** Who feeds a node, as one word: the room's name, or the relay's. */
export function parentName(parent: ParentRef): string {
  return parent.kind === "root" ? parent.room : nodeName(parent.node);
}

/** Every node between `node` and the root, nearest first, and the root last. */
export function ancestorsOf(plan: Plan, node: NodeRef): readonly ParentRef[] {
  const parent = parentOf(plan, node);
  return parent.kind === "root" ? [parent] : [parent, ...ancestorsOf(plan, parent.node)];
}

/** The archive of an audience: a child of the root. It has no region of its own: it lives where the root first asks for it. */
export function archiveOf(audience: AudienceId): NodeRef {
  return { audience, region: DEFAULT_REGION, level: ARCHIVE_LEVEL, index: 0 };
}

/** True of an audience's archive. */
export function isArchive(node: NodeRef): boolean {
  return node.level === ARCHIVE_LEVEL;
}

/** One of an audience's radios, which hold players that know nothing but HTTP: a child of the root, like the archive. @param index below MOST_RADIOS */
export function radioOf(audience: AudienceId, index: number): NodeRef {
  return { audience, region: DEFAULT_REGION, level: RADIO_LEVEL, index };
}

/** True of an audience's radio. */
export function isRadio(node: NodeRef): boolean {
  return node.level === RADIO_LEVEL;
}

/** The path below which an audience's segments are fetched; undefined where they cannot be. */
export function segmentsPath(plan: Plan): string | undefined {
  return plan.segments === undefined ? undefined : `/rooms/${plan.audience}/segments/${plan.segments}`;
}

/** A plan as it may outlive its room in somebody's storage: without the key to addresses. */
export function keyless(plan: Plan): Plan {
  const { addressKey: _, ...kept } = plan;
  return kept;
}

/** The name that a node's object is found by: `audience.region.level.index`, `audience.archive`, or `audience.radio.index`. */
export function nodeName(node: NodeRef): string {
  if (isRadio(node)) return `${node.audience}.${RADIO}.${node.index}`;
  if (isArchive(node)) return `${node.audience}.${ARCHIVE}`;
  return `${node.audience}.${node.region}.${node.level}.${node.index}`;
}

/** The only door through which a name becomes a NodeRef. */
export function parseNodeName(name: string): NodeRef | undefined {
  const [audienceText = "", region = "", levelText = "", indexText = "", ...rest] = name.split(".");
  const audience = parseAudienceId(audienceText);
  if (audience !== undefined && name === `${audience}.${ARCHIVE}`) return archiveOf(audience);
  if (
    audience !== undefined &&
    region === RADIO &&
    /^\d{1,2}$/.test(levelText) &&
    name === nodeName(radioOf(audience, Number(levelText)))
  ) {
    return Number(levelText) < MOST_RADIOS ? radioOf(audience, Number(levelText)) : undefined;
  }
  if (rest.length > 0 || audience === undefined || !isRegion(region)) return undefined;
  if (!/^\d{1,2}$/.test(levelText) || !/^\d{1,9}$/.test(indexText)) return undefined;
  const level = Number(levelText);
  return level <= MAX_LEVEL ? { audience, region, level, index: Number(indexText) } : undefined;
}

/** The only door through which text becomes a Plan: it crosses between our own nodes, in headers and texts. */
export function parsePlan(said: unknown): Plan | undefined {
  if (!isFields(said)) return undefined;
  const { revision, fanOut, leafListeners } = said;
  const audience = typeof said["audience"] === "string" ? parseAudienceId(said["audience"]) : undefined;
  const root = typeof said["root"] === "string" ? parseRoomId(said["root"]) : undefined;
  const regions = parseRegions(said["regions"]);
  const verifyKey = parseVerifyKey(said["verifyKey"]);
  if (audience === undefined || root === undefined || regions === undefined || verifyKey === undefined) return undefined;
  if (!isCount(revision) || !isCount(fanOut) || fanOut < 2 || !isCount(leafListeners) || leafListeners < 1) return undefined;
  const segments = parseSecret(said["segments"]);
  const addressKey = parseSecret(said["addressKey"]);
  const before = parseBefore(said["before"]);
  return {
    ...{ revision, audience, root, fanOut, leafListeners, regions, planted: said["planted"] === true, verifyKey },
    ...(segments === undefined ? {} : { segments }),
    ...(said["listenTicket"] === true ? { listenTicket: true } : {}),
    ...(addressKey === undefined ? {} : { addressKey }),
    ...(before === undefined ? {} : { before }),
  };
}

/** The only door through which fields become the public half of an Ed25519 key (RFC 8037). */
export function parseVerifyKey(said: unknown): VerifyKey | undefined {
  if (!isFields(said)) return undefined;
  const { kty, crv, x } = said;
  return kty === "OKP" && crv === "Ed25519" && typeof x === "string" ? { kty, crv, x } : undefined;
}

function parseBefore(said: unknown): Plan["before"] {
  if (!isFields(said)) return undefined;
  const root = typeof said["root"] === "string" ? parseRoomId(said["root"]) : undefined;
  const verifyKey = parseVerifyKey(said["verifyKey"]);
  return root === undefined || verifyKey === undefined ? undefined : { root, verifyKey };
}

/** What nobody is to guess: 22 to 64 of base64url, 128 bits of luck or more. */
function parseSecret(said: unknown): string | undefined {
  return typeof said === "string" && /^[A-Za-z0-9_-]{22,64}$/.test(said) ? said : undefined;
}

function parseRegions(said: unknown): Partial<Record<Region, Window>> | undefined {
  if (!isFields(said)) return undefined;
  const regions: Partial<Record<Region, Window>> = {};
  for (const [region, window] of Object.entries(said)) {
    if (!isRegion(region) || !isFields(window)) return undefined;
    const { firstOpen, width } = window;
    if (!isCount(firstOpen) || !isCount(width) || firstOpen > width) return undefined;
    regions[region] = { firstOpen, width };
  }
  return regions;
}
