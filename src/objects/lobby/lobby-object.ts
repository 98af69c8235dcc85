import { createDurable } from "itty-durable/itty-durable.js";
import { type Listing, listingOf, shownOf, withListing, withoutListing } from "../../core/room/lobby.ts";

/**
 * The catalogue of listed rooms: small state, rare calls.
 *
 * Called by its method names only, from routes that have checked their caller: the library's base class would let a raw request call any
 * method and set any field.
 */
export class Lobby extends createDurable({ autoPersist: true }) {
  rooms: readonly Listing[] = [];

  /** A room says what it is now. */
  list(listing: Listing): true {
    this.rooms = withListing(known(this.rooms), listing, Date.now());
    return true;
  }

  /** Takes a room off. */
  unlist(room: string): true {
    this.rooms = withoutListing(known(this.rooms), room);
    return true;
  }

  /** What is shown now, in its order. */
  all(): readonly Listing[] {
    return shownOf(known(this.rooms), Date.now());
  }
}

/** A private method would not do: the library stands before this class as a proxy. */
function known(rooms: readonly unknown[]): readonly Listing[] {
  return rooms.map(listingOf).filter((one) => one !== undefined);
}
