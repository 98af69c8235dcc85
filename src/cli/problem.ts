import { parseObject } from "../core/json.ts";

/** What the server says when it says no: `code` for programs, `detail` for people. */
export type Problem = { readonly code: string; readonly detail: string };

/**
 * The problem+json (RFC 9457) in a body, wherever in it the JSON stands; undefined if there is none.
 *
 * Chunked bodies are searched as they came: a problem is one chunk, its braces mark it.
 */
export function readProblem(body: string): Problem | undefined {
  const said = parseObject(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1));
  const code = said?.["code"];
  const detail = said?.["detail"];
  return typeof code === "string" ? { code, detail: typeof detail === "string" ? detail : code } : undefined;
}

/** The fields of a value from outside; none if it is no object. */
export function fieldsOf(said: unknown): Readonly<Record<string, unknown>> {
  return typeof said === "object" && said !== null ? Object.fromEntries(Object.entries(said)) : {};
}

/** Something a person at the command line must read, said without a stack; the command then exits with code 1. */
export class Halt extends Error {
  override readonly name = "Halt";
}

/** Runs a command: a Halt is printed as its message alone, any other fault with its stack; both exit with code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (fault) {
    console.error(fault instanceof Halt ? fault.message : fault);
    process.exitCode = 1;
  }
}
