import { createDurable } from "itty-durable/itty-durable.js";

/** A room that asked to be found. */
export type Listing = { readonly room: string; readonly title: string; readonly createdAt: string };

/** Most rooms that the catalogue shows; the oldest give way. */
const MOST = 200;

/**
 * The catalogue of listed rooms: small state, rare calls.
 *
 * Called by its method names only, from routes that have checked their caller: the library's base class would let a raw request call any
 * method and set any field.
 */
export class Lobby extends createDurable({ autoPersist: true }) {
  rooms: Listing[] = [];

  /** Shows a room, or renames it. */
  list(listing: Listing): readonly Listing[] {
    this.rooms = [listing, ...this.rooms.filter((other) => other.room !== listing.room)].slice(0, MOST);
    return this.rooms;
  }

  /** Takes a room off. */
  unlist(room: string): readonly Listing[] {
    this.rooms = this.rooms.filter((other) => other.room !== room);
    return this.rooms;
  }

  /** Every listed room, newest first. */
  all(): readonly Listing[] {
    return this.rooms;
  }
}
