import { DurableObject } from "cloudflare:workers";
import type { RoomId } from "../../core/ids.ts";
import type { RegisterCalls, Registered, RegisterPage } from "../calls/register.ts";
import type { Env } from "../env.ts";

/** A row as SQLite gives it. */
type Row = { readonly room: string; readonly title: string; readonly listed: number; readonly created: string };

/**
 * Every room of a deployment that is not over, listed or not: for the operator alone.
 *
 * Apart from the lobby, which anybody may read: that one cannot tell what it was never told. Rooms write themselves in when they are made
 * or renamed and strike themselves out when they are over, so one object is enough: nobody else calls it.
 */
export class Register extends DurableObject<Env> implements RegisterCalls {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, title TEXT, listed INTEGER, created TEXT) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS newest ON rooms (created, room)`,
    );
  }

  async write({ room, title, listed, createdAt }: Registered): Promise<void> {
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO rooms VALUES (?, ?, ?, ?)", room, title, listed ? 1 : 0, createdAt);
  }

  async strike(room: RoomId): Promise<void> {
    this.ctx.storage.sql.exec("DELETE FROM rooms WHERE room = ?", room);
  }

  async page(after: string | undefined, most: number): Promise<RegisterPage> {
    const [created = "~", room = ""] = after?.split("/") ?? [];
    const found = this.ctx.storage.sql.exec<Row>(
      "SELECT room, title, listed, created FROM rooms WHERE (created, room) < (?, ?) ORDER BY created DESC, room DESC LIMIT ?",
      created,
      room,
      most + 1,
    );
    const rows = [...found];
    const rooms = rows
      .slice(0, most)
      .map(({ room, title, listed, created }) => ({ room, title, listed: listed === 1, createdAt: created }));
    const last = rooms.at(-1);
    return { rooms, next: rows.length > most && last !== undefined ? `${last.createdAt}/${last.room}` : undefined };
  }
}
