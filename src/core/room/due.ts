/** What is to be done later, each thing once, by its name: an object has one alarm, so it is armed for the earliest. Times in ms since 1970. */
export type DueTable<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** The table with `name` due at `at`; or with nothing of that name. */
export function withDue<Name extends string>(table: DueTable<Name>, name: NoInfer<Name>, at: number | undefined): DueTable<Name> {
  const next: Partial<Record<Name, number>> = { ...table };
  if (at === undefined) delete next[name];
  else next[name] = at;
  return next;
}

/** When the next thing is due; undefined if there is none. */
export function nextDue<Name extends string>(table: DueTable<Name>): number | undefined {
  const times = Object.values<number | undefined>(table).filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What is due by `now`, the longest overdue first. */
export function dueBy<Name extends string>(table: DueTable<Name>, names: readonly Name[], now: number): readonly Name[] {
  const at = (name: Name): number => table[name] ?? Number.POSITIVE_INFINITY;
  return names.filter((name) => at(name) <= now).sort((a, b) => at(a) - at(b));
}

/** The only door for a table that was stored: what is no time under a known name is not taken over. */
export function dueTableOf<Name extends string>(said: unknown, names: readonly Name[]): DueTable<Name> {
  const table: Partial<Record<Name, number>> = {};
  for (const [name, at] of typeof said === "object" && said !== null ? Object.entries(said) : []) {
    const known = names.find((one) => one === name);
    if (known !== undefined && typeof at === "number" && Number.isFinite(at)) table[known] = at;
  }
  return table;
}
