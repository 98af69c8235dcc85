import { type Refusal, type RefusalCode, refusal } from "./refusals.ts";
import { type Asking, DEEDS, type Rank } from "./verbs.ts";

/** Who somebody is in a room. A co-host is a speaker who may also run the room; rank 1 comes before rank 2. */
export type Role = "host" | "co-host" | "speaker" | "listener";

/** From the one who may do most to the one who may do least. */
export const ROLES: readonly Role[] = ["host", "co-host", "speaker", "listener"];

/** True of a role's word. */
export function isRole(said: unknown): said is Role {
  return said === "host" || said === "co-host" || said === "speaker" || said === "listener";
}

/** Where somebody stands: his role, and a co-host's rank. */
export type Standing = { readonly role: Role; readonly rank?: Rank | undefined };

/** True of who runs the room: the host and the co-hosts. */
export function runsRoom(standing: Standing): boolean {
  return standing.role === "host" || standing.role === "co-host";
}

/** True if `one` comes after `other`: only who stands below can be muted, demoted, removed, dismissed. */
export function standsBelow(one: Standing, other: Standing): boolean {
  return heightOf(one) > heightOf(other);
}

/** 0 for the host, then the co-hosts by rank, then speakers, then listeners. */
function heightOf({ role, rank }: Standing): number {
  return role === "co-host" ? (rank ?? 2) : { host: 0, speaker: 3, listener: 4 }[role];
}

/** To whom a verb may be done. */
type Reach = {
  /** `below`: to who stands below oneself; `any`: whoever they are. Nothing where the verb is done to nobody. */
  readonly to?: "below" | "any";
  /** Roles that it makes sense for, and what is said of others. */
  readonly roles?: readonly Role[];
  readonly else?: RefusalCode;
  /** Who may do it to himself; nobody where it is left out. */
  readonly self?: readonly Role[];
};

/** One row of the table: who may do it at all, and to whom. */
type Rule = Reach & { readonly by: readonly Role[]; readonly only?: RefusalCode };

const STAGE: readonly Role[] = ["host", "co-host", "speaker"];
const HOSTS: readonly Role[] = ["host", "co-host"];

/**
 * Who may do what to whom. The one place where it stands.
 *
 * What also depends on the moment (a full stage, a host who is still here, a locked microphone) is refused where that is known: stage.ts,
 * hands.ts, bans.ts, succession.ts, questions.ts.
 */
const RULES: Readonly<Record<Asking, Rule>> = {
  "on-air": { by: STAGE },
  "off-air": { by: STAGE },
  check: { by: STAGE },
  standby: { by: STAGE },
  "call-me": { by: STAGE },
  "step-down": { by: ["co-host", "speaker"], only: "host-stays" },
  mute: { by: HOSTS, to: "below", roles: STAGE, else: "not-on-stage", self: STAGE },
  "mute-all": { by: HOSTS },
  invite: { by: HOSTS, to: "any", roles: ["listener"], else: "on-stage-already" },
  decline: { by: HOSTS, to: "any", roles: ["listener"], else: "no-hand" },
  demote: { by: HOSTS, to: "below", roles: STAGE, else: "not-on-stage" },
  remove: { by: HOSTS, to: "below" },
  ban: { by: HOSTS, to: "below" },
  unban: { by: HOSTS, to: "any", roles: ["listener"], else: "not-kept-out" },
  "lock-stage": { by: HOSTS },
  "lock-room": { by: HOSTS },
  rename: { by: HOSTS },
  appoint: { by: HOSTS, to: "below", roles: STAGE, else: "not-on-stage" },
  dismiss: { by: HOSTS, to: "below", roles: ["host", "co-host"], else: "not-a-co-host" },
  transfer: { by: HOSTS, to: "any", roles: STAGE, else: "not-on-stage" },
  "take-over": { by: ["co-host"], only: "co-hosts-only" },
  pin: { by: HOSTS },
  answer: { by: HOSTS },
  // Whoever runs the room may have others' words written down by a program; nobody puts words into the mouth of who is not there.
  caption: { by: HOSTS, to: "any", roles: STAGE, else: "not-on-stage", self: STAGE },
  "invite-listener": { by: HOSTS },
  schedule: { by: HOSTS },
  "open-doors": { by: HOSTS },
  end: { by: HOSTS },
  record: { by: HOSTS },
  expect: { by: HOSTS },
  backstage: { by: HOSTS },
  "delete-recording": { by: HOSTS },
  evening: { by: HOSTS },
};

/**
 * Whether `actor` may do `verb`, to `target` if it is done to somebody.
 *
 * @param target where he stands, or "self" for the actor himself
 * @returns true, or why not
 */
export function may(actor: Standing, verb: Asking, target?: Standing | "self"): true | Refusal {
  const rule = RULES[verb];
  if (target === "self" && rule.self?.includes(actor.role)) return true;
  if (!rule.by.includes(actor.role)) return refusal(...notHis(rule, actor, verb, target));
  if (rule.to === undefined || target === undefined) return true;
  if (target === "self") return refusal("not-yourself");
  if (rule.roles !== undefined && !rule.roles.includes(target.role)) return refusal(rule.else ?? "not-on-stage");
  return rule.to === "below" && !standsBelow(target, actor) ? refusal("outranked") : true;
}

function notHis({ by, only, self }: Rule, actor: Standing, verb: Asking, target: Standing | "self" | undefined): [RefusalCode, string?] {
  if (actor.role === "listener" && (by === STAGE || verb === "step-down" || (self !== undefined && target === "self"))) {
    return ["not-on-stage", "Only who is on stage can do this"];
  }
  return only === undefined ? ["hosts-only", `Only the host and co-hosts can ${DEEDS[verb]}`] : [only];
}
