/**
 * Timers that go on while the page is hidden. A browser lets a hidden page's own timers ring once a minute, and takes a host who is muted for
 * gone; a worker's ring on, and what a worker says is heard at once.
 */

/** The worker: told `[id, ms]` it says `id` every `ms`; told `[id, 0]` it stops. From a blob, so that it is there when the network is not. */
const WORKER = `const all=new Map();onmessage=({data:[id,ms]})=>{clearInterval(all.get(id));ms?all.set(id,setInterval(postMessage,ms,id)):all.delete(id)}`;

type Timer = { readonly ms: number; readonly tick: () => void; own: ReturnType<typeof setInterval> | undefined };

const timers = new Map<number, Timer>();
let worker: Worker | undefined;
let isForbidden = false;
let lastId = 0;

/** Calls `tick` every `ms`, also while the page is hidden where the browser lets it. @returns stops it */
export function every(ms: number, tick: () => void): () => void {
  const id = ++lastId;
  const timer: Timer = { ms, tick, own: undefined };
  timers.set(id, timer);
  const clock = clockOf();
  if (clock === undefined) timer.own = setInterval(tick, ms);
  else clock.postMessage([id, ms]);
  return () => {
    clearInterval(timer.own);
    timers.delete(id);
    worker?.postMessage([id, 0]);
  };
}

function clockOf(): Worker | undefined {
  if (worker !== undefined || isForbidden) return worker;
  try {
    worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })));
  } catch {
    isForbidden = true;
    return undefined;
  }
  worker.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "number") timers.get(data)?.tick();
  };
  // Where no worker may run the page's own timers must do.
  worker.onerror = () => {
    worker = undefined;
    isForbidden = true;
    for (const timer of timers.values()) timer.own ??= setInterval(timer.tick, timer.ms);
  };
  return worker;
}
