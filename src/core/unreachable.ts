/** The end of every complete switch: a new variant then fails the build wherever it must be learnt of. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
