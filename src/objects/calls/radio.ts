import type { Bans } from "../../core/tree/people/bans.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";

/** What a radio tells the edge of its HLS: the plan that it lives by, whom the room keeps out, and the first and last fragment that is there. */
export type HlsSays = {
  readonly plan: Plan;
  readonly keptOut: Bans;
  readonly numbers: { readonly first: number; readonly last: number } | undefined;
};

/** The same with a playlist; undefined if there is nothing to play yet. */
export type HlsAnswer = (HlsSays & { readonly text: string }) | undefined;

/** A radio's HLS; its streams are fetched. Each call names the radio, since an object does not know its own name. */
export interface RadioCalls extends Rpc.DurableObjectBranded {
  playlist(node: string, plan: Plan): Promise<HlsAnswer>;
  /** What there is at this moment; it wakes nobody, and undefined answers that the radio has never played. */
  look(): Promise<HlsSays | undefined>;
  /** A fragment's bytes; undefined if there is none of this number, and then nobody is taken to listen. */
  fragment(node: string, plan: Plan, number: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
}
