import { readFileSync } from "node:fs";

/** Clock ticks a second in which Linux counts processes' CPU time (USER_HZ: 100 in its interface to programs, on every architecture). */
const TICKS_PER_SECOND = 100;

/** What a process has used so far, of all its threads. */
export type Usage = {
  /** User and system time, in ms; counted in steps of 10 ms. */
  readonly cpuMs: number;
  /** Resident memory, in bytes. */
  readonly rssBytes: number;
  /** Time for which something ran and the machine beneath gave its cores to others, in ms of all cores; 0 where it does not tell. */
  readonly stolenMs: number;
};

/** What process `pid` has used and what the machine was robbed of, from Linux's /proc; undefined if there is no such process, or no /proc. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    // proc(5): the second field is the name in brackets and may hold anything; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    // proc(5): the eighth number of the first line, `cpu`, is what was stolen.
    const stolen = readFileSync("/proc/stat", "latin1").split("\n", 1)[0]?.trim().split(/\s+/)[8];
    const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return {
      cpuMs: (ticks * 1_000) / TICKS_PER_SECOND,
      rssBytes: rssKb * 1_024,
      stolenMs: (Number(stolen ?? 0) * 1_000) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}
