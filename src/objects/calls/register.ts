import type { RoomId } from "../../core/ids.ts";

/** A room as the operator's register has it. */
export type Registered = {
  readonly room: string;
  readonly title: string;
  readonly listed: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
};

/** `next`: where the next page begins; undefined on the last one. */
export type RegisterPage = { readonly rooms: readonly Registered[]; readonly next: string | undefined };

export interface RegisterCalls extends Rpc.DurableObjectBranded {
  /** A room was made, or renamed. */
  write(room: Registered): Promise<void>;
  /** A room is over. */
  strike(room: RoomId): Promise<void>;
  /** Newest first. */
  page(after: string | undefined, most: number): Promise<RegisterPage>;
}
