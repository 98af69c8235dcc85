import type { Context } from "hono";
import type { z } from "zod";

/** The token of an `Authorization: Bearer` header; undefined if there is none. */
export function bearerOf(c: Context): string | undefined {
  return /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
}

/** What a body says, yet to be looked at; undefined if it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with a body, for people. @param example a body that would do */
export function sentenceOf(error: z.ZodError, example: string): string {
  const [first] = error.issues;
  if (first === undefined) return "The request's body could not be read";
  return first.path.length === 0
    ? `The body must be a JSON object like ${example}: ${first.message}`
    : `${first.path.join(".")}: ${first.message}`;
}
