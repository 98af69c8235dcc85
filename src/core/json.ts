/** A JSON object whose values nobody has looked at yet. */
export type Fields = { readonly [key: string]: unknown };

/** A JSON object, or nothing. The one place where text from outside becomes fields. */
export function parseObject(text: string): Fields | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return isFields(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

/** True of an object that is no array. */
export function isFields(said: unknown): said is Fields {
  return typeof said === "object" && said !== null && !Array.isArray(said);
}

/** True of a finite number. */
export function isNumber(said: unknown): said is number {
  return typeof said === "number" && Number.isFinite(said);
}

/** True of a whole number from 0 to 2⁵³ − 1. */
export function isCount(said: unknown): said is number {
  return typeof said === "number" && Number.isSafeInteger(said) && said >= 0;
}
