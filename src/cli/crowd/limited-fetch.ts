import type { Fetch } from "../listen/cached-lane.ts";

/** A `fetch` that lets so many requests through at once; the others wait their turn, and their time runs meanwhile. */
export function limitedFetch(most: number): Fetch {
  const waiting: (() => void)[] = [];
  let under = 0;
  return async (url, init) => {
    if (under >= most) await new Promise<void>((turn) => waiting.push(turn));
    else under++;
    try {
      const answer = await fetch(url, init);
      // Read here: a connection is busy until its answer is.
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    } finally {
      const next = waiting.shift();
      if (next === undefined) under--;
      else next();
    }
  };
}
