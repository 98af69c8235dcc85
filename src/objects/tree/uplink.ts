import { formatPosition, type Position } from "../../core/audio/position.ts";
import { type NodeRef, nodeName, type ParentRef, type Plan, parentName } from "../../core/tree/shape/plan.ts";
import type { AttachAnswer } from "../calls/parent.ts";
import type { Env } from "../env.ts";
import { HEADER } from "../header.ts";
import { parentStub } from "../locate.ts";
import { log } from "../log.ts";
import { UPLINK } from "./kept-sockets.ts";

/** A parent that has not answered by then is not waited for, in ms; the mind gives its questions up as late. */
const ANSWER_MS = 3_000;

/** Whom a mind asks to be fed, by which plan, and from where on. */
export type Question = { readonly parent: ParentRef; readonly plan: Plan; readonly from: Position };

/**
 * The parent dials: accepted at once, so that it waits for nothing.
 *
 * @param heard what this node has heard: who dials unasked does not know it yet
 */
export function acceptUplink(
  state: DurableObjectState,
  mind: { dialed(uplink: WebSocket, parent: string): void },
  request: Pick<Request, "headers">,
  heard?: Position,
): Response {
  const { 0: outer, 1: inner } = new WebSocketPair();
  const parent = request.headers.get(HEADER.parent) ?? "";
  state.acceptWebSocket(inner, [UPLINK]);
  inner.serializeAttachment({ parent });
  mind.dialed(inner, parent);
  const headers: Record<string, string> = heard === undefined ? {} : { [HEADER.from]: formatPosition(heard) };
  return new Response(null, { status: 101, webSocket: outer, headers });
}

/** Asks a parent to dial this node. Whatever goes wrong on the way is a *no*; either is logged. */
export async function askParent(env: Env, asking: NodeRef, { parent, plan, from }: Question): Promise<AttachAnswer> {
  const [node, name] = [nodeName(asking), parentName(parent)];
  const attached = parentStub(env, parent).attach({ node, from, plan, parent: name });
  const answer = await Promise.race([attached, noAnswer()]).catch(
    (fault: unknown): AttachAnswer => ({ dialed: false, why: String(fault) }),
  );
  if (answer.dialed) log("attached", { node });
  else log("attach-failed", { node, parent: name, why: answer.why });
  return answer;
}

/** What a parent says that does not answer. */
function noAnswer(): Promise<AttachAnswer> {
  return new Promise((late) => setTimeout(late, ANSWER_MS, { dialed: false, why: "no answer" }));
}
