import type { AudienceId, RoomId } from "../core/ids.ts";
import { archiveOf, isArchive, isRadio, type NodeRef, nodeName, type ParentRef } from "../core/tree/shape/plan.ts";
import type { Env } from "./env.ts";

/** Every object is found here, so that each first `get` passes the hint that places it near its listeners. */

/** The object of a leaf (level 0), a relay, the archive, or a radio. */
export function nodeStub(env: Env, node: NodeRef): Pick<DurableObjectStub, "fetch"> {
  if (isArchive(node)) return archiveStub(env, node.audience);
  if (isRadio(node)) return radioStub(env, node);
  const namespace = node.level === 0 ? env.LEAF : env.RELAY;
  return namespace.get(namespace.idFromName(nodeName(node)), { locationHint: node.region });
}

/** The object of whoever feeds a node. */
export function parentStub(env: Env, parent: ParentRef) {
  if (parent.kind === "root") return env.ROOM.get(env.ROOM.idFromName(parent.room));
  return env.RELAY.get(env.RELAY.idFromName(nodeName(parent.node)), { locationHint: parent.node.region });
}

/** An audience's archive; its first call is the room's own, so it lives beside it. */
export function archiveStub(env: Env, audience: AudienceId) {
  return env.ARCHIVE.get(env.ARCHIVE.idFromName(nodeName(archiveOf(audience))));
}

/** A radio; it lives near who listens to it first. */
export function radioStub(env: Env, radio: NodeRef) {
  return env.RADIO.get(env.RADIO.idFromName(nodeName(radio)));
}

/** A room's object; its first call decides where it lives, which is near who creates it. */
export function roomStub(env: Env, room: RoomId) {
  return env.ROOM.get(env.ROOM.idFromName(room));
}

/** The audience's object. */
export function audienceStub(env: Env, audience: AudienceId) {
  return env.AUDIENCE.get(env.AUDIENCE.idFromName(audience));
}
