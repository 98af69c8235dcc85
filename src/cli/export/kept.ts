import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stretchesOf } from "../../core/audio/recording.ts";
import { SEGMENT_MS, type SegmentName } from "../../core/audio/segment.ts";
import type { RoomId } from "../../core/ids.ts";
import { parseRecording, type RecordingNews } from "../../core/wire/recording.ts";
import { Halt, readProblem } from "../problem.ts";

/** An answer that takes longer is given up and asked for again, in ms. */
const ANSWER_MS = 30_000;
/** A whole track may take so long, in ms: hours of sound over a slow line. */
const TRACK_MS = 30 * 60_000;
/** What fails is tried so often, each time after twice as long, the first time after so many ms: a server that begins anew is back by then. */
const TRIES = 6;
const AGAIN_MS = 500;
/** Segments that are fetched at once. */
const AT_ONCE = 8;

/** What a server keeps of a room, as a command line fetches it. */
export class KeptRoom {
  readonly #server: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly news: RecordingNews;

  private constructor(server: URL, headers: Readonly<Record<string, string>>, news: RecordingNews) {
    this.#server = server;
    this.#headers = headers;
    this.news = news;
  }

  /** @throws Halt if there is no such recording, or the ticket does not open it */
  static async find(server: URL, room: RoomId, ticket: string | undefined): Promise<KeptRoom> {
    const headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
    const answer = await fetchAgain(new URL(`/api/rooms/${room}/recording`, server), headers);
    const news = parseRecording(await answer.text());
    if (news === undefined)
      throw new Halt(`${server.origin} answered something that is no recording. Is it a Canopy server of this version?`);
    return new KeptRoom(server, headers, news);
  }

  /** Its segments in order, each with where it begins in the recording, in ms. */
  *segments(): Iterable<SegmentName & { readonly startsMs: number }> {
    let startsMs = 0;
    for (const { epoch, index, ahead } of stretchesOf(this.news)) {
      if (ahead === 0) yield { epoch, index, startsMs };
      startsMs += SEGMENT_MS;
    }
  }

  /**
   * Fetches every segment into `folder` that is not there yet: what was broken off goes on where it was.
   *
   * @throws Halt if one cannot be had
   */
  async fetchAll(folder: string, progress: (done: number, of: number) => void): Promise<void> {
    await mkdir(folder, { recursive: true });
    const names = [...this.segments()];
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        await this.#keep(folder, name);
        progress(++done, names.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** One person's track. @throws Halt if it cannot be had */
  async fetchTrack(track: number, path: string): Promise<void> {
    const answer = await fetchAgain(new URL(`/rooms/${this.news.room}/recording/${track}.ogg`, this.#server), this.#headers, TRACK_MS);
    await writeFile(path, new Uint8Array(await answer.arrayBuffer()));
  }

  async #keep(folder: string, name: SegmentName): Promise<void> {
    const path = segmentFile(folder, name);
    if ((await readFile(path).catch(() => undefined)) !== undefined) return;
    const answer = await fetchAgain(new URL(`${this.news.segments}/${name.epoch}/${name.index}`, this.#server), this.#headers);
    // Whole or not at all: a file that bears its name is the segment.
    await writeFile(`${path}.part`, new Uint8Array(await answer.arrayBuffer()));
    await rename(`${path}.part`, path);
  }
}

/** Where a fetched segment lies. */
export function segmentFile(folder: string, { epoch, index }: SegmentName): string {
  return join(folder, `${epoch}-${index}`);
}

async function fetchAgain(url: URL, headers: Readonly<Record<string, string>>, withinMs = ANSWER_MS): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(withinMs) }).catch((fault: unknown) => String(fault));
    if (typeof answer !== "string" && answer.ok) return answer;
    const isFinal = typeof answer !== "string" && answer.status < 500 && answer.status !== 429;
    if (attempt >= TRIES || isFinal) throw new Halt(await whyNot(url, answer));
    await new Promise((wake) => setTimeout(wake, AGAIN_MS * 2 ** (attempt - 1)));
  }
}

async function whyNot(url: URL, answer: Response | string): Promise<string> {
  if (typeof answer === "string")
    return `No server answers at ${url.origin} (${answer}). What was fetched is kept: run the same again to go on.`;
  const body = await answer.text();
  const problem = readProblem(body);
  return `The server said no: ${problem?.detail ?? body.slice(0, 200)} (${answer.status} ${problem?.code ?? "http"}).`;
}
