import { createRequire } from "node:module";
import { fieldsOf, Halt } from "../problem.ts";

/** The path of the workerd binary for this machine, as its npm package says; the package is CommonJS and brings no types. */
export function workerdBinary(): string {
  const path = fieldsOf(createRequire(import.meta.url)("workerd"))["default"];
  if (typeof path !== "string") throw new Halt("The npm package workerd does not say where its binary is. Run npm install again.");
  return path;
}
