import type { Context } from "hono";
import { type ProblemCode, problem } from "./problem.ts";

/** Says of an answer that a page of any origin may read it. */
export const ANY_ORIGIN = { "Access-Control-Allow-Origin": "*" } as const;

/** A *no*, that a page of any origin may read. */
export function refuse(c: Context, code: ProblemCode): Response {
  const refused = problem(c, code);
  for (const [name, value] of Object.entries(ANY_ORIGIN)) refused.headers.set(name, value);
  return refused;
}
