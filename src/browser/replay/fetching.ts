import type { NotGot } from "../../core/audio/replay-mind.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import { parseRecording, type RecordingNews } from "../../core/wire/recording.ts";

/** An answer that takes longer is given up, in ms. */
const ANSWER_MS = 8_000;

/** Why there is nothing to replay: nothing is kept, one needs an invitation, or nobody answers. */
export type NoRecording = "none" | "locked" | "unreachable";

/** Fetches what is kept of one room. */
export class Archive {
  readonly #room: string;
  readonly #headers: Readonly<Record<string, string>>;
  #stopped = new AbortController();

  /** @param ticket that lets one into a private room */
  constructor(room: string, ticket: string | undefined) {
    this.#room = room;
    this.#headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
  }

  /** What is recorded by now. */
  async recording(): Promise<RecordingNews | NoRecording> {
    const answer = await this.#ask(`/api/rooms/${encodeURIComponent(this.#room)}/recording`, AbortSignal.timeout(ANSWER_MS));
    if (answer.status === 401 || answer.status === 403) return "locked";
    if (answer.status === 404 || answer.status === 410) return "none";
    if (answer.status !== 200) return "unreachable";
    return parseRecording(new TextDecoder().decode(answer.body)) ?? "unreachable";
  }

  /** A segment's bytes, or why not; undefined if nobody waits for it any more. */
  async segment(path: string, { epoch, index }: SegmentName): Promise<Uint8Array | NotGot | undefined> {
    const { signal } = this.#stopped;
    const answer = await this.#ask(`${path}/${epoch}/${index}`, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
    if (signal.aborted) return undefined;
    if (answer.status === 200) return answer.body;
    if (answer.status === 401 || answer.status === 403) return "denied";
    return answer.status === 404 || answer.status === 410 ? "gone" : "failed";
  }

  /** The captions as WebVTT; undefined if they cannot be had. */
  async captions(): Promise<string | undefined> {
    const path = `/rooms/${encodeURIComponent(this.#room)}/recording/captions.vtt`;
    const answer = await this.#ask(path, AbortSignal.timeout(ANSWER_MS));
    return answer.status === 200 ? new TextDecoder().decode(answer.body) : undefined;
  }

  /** Whatever segment is being fetched is not wanted any more. */
  drop(): void {
    this.#stopped.abort();
    this.#stopped = new AbortController();
  }

  /** Status 0 for a line that failed. */
  async #ask(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: Uint8Array }> {
    try {
      const answer = await fetch(path, { signal, headers: this.#headers });
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch {
      return { status: 0, body: new Uint8Array(0) };
    }
  }
}
