import { Halt } from "./problem.ts";

/** Reads a flag as a whole number from `least` to `most`. @returns a parser for commander */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Halt(`${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
    }
    return value;
  };
}

/** Reads a flag as a number of seconds above 0. @returns a parser for commander */
export function seconds(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new Halt(`${flag} must be a number of seconds, not "${text}".`);
    return value;
  };
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(130);
      asked = true;
      done();
    };
    process.on("SIGINT", ask);
    process.on("SIGTERM", ask);
  });
}

/** Reads a flag as a share of a whole: `10%` or `0.1`. @returns a parser for commander */
export function share(flag: string): (text: string) => number {
  return (text) => {
    const value = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
    if (text === "" || !Number.isFinite(value) || value < 0 || value > 1)
      throw new Halt(`${flag} must be a share like 10%, not "${text}".`);
    return value;
  };
}
