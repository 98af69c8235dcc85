import type { RoomId } from "../../core/ids.ts";
import type { Registered, RegisterPage } from "../calls/register.ts";
import type { Env } from "../env.ts";

/** The one register's name. */
const REGISTER = "register";

/** Writes a room into the operator's register, or what changed of it. */
export function register(env: Env, room: Registered): Promise<void> {
  return stub(env).write(room);
}

/** Strikes a room out of it. */
export function strike(env: Env, room: RoomId): Promise<void> {
  return stub(env).strike(room);
}

/** A page of it, newest rooms first. @param after where the page before ended */
export function pageOfRegister(env: Env, after: string | undefined, most: number): Promise<RegisterPage> {
  return stub(env).page(after, most);
}

function stub(env: Env) {
  return env.REGISTER.get(env.REGISTER.idFromName(REGISTER));
}
