import type { Position } from "../../core/audio/position.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";

// What objects may ask of each other stands in this folder. Classes meet here, so that none imports another.

/** A child asks `parent` to be dialed, and to be sent what came after `from`. A cold parent learns its name and the plan by it. */
export type AttachAsk = { readonly node: string; readonly from: Position; readonly parent: string; readonly plan: Plan };

/** `plan`: the parent's own, where it is newer than the child's and says who feeds the child instead. */
export type AttachAnswer = { readonly dialed: true } | { readonly dialed: false; readonly why: string; readonly plan?: Plan };

/** Who feeds others: the room and every relay. */
export interface ParentCalls extends Rpc.DurableObjectBranded {
  attach(ask: AttachAsk): Promise<AttachAnswer>;
}
