import { readProblem } from "../problem.ts";

/** Longest HTTP answer to a handshake that is read, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The server's answer to a handshake: open, with the first bytes that followed; or a *no* with its problem+json. */
export type UpgradeAnswer =
  | { readonly opened: true; readonly rest: Buffer }
  | { readonly status: number; readonly code: string; readonly detail: string };

/**
 * Reads the answer to a WebSocket handshake; undefined while it is not whole.
 *
 * @param accept what `Sec-WebSocket-Accept` must be
 */
export function readUpgrade(bytes: Buffer, accept: string): UpgradeAnswer | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return bytes.length > MAX_ANSWER_BYTES ? no(0, "http-malformed", "the answer was no HTTP") : undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
  if (status === 101) {
    if (headers.get("sec-websocket-accept") !== accept) return no(status, "http-malformed", "the answer did not fit the handshake");
    return { opened: true, rest: bytes.subarray(headEnd + 4) };
  }
  const body = bytes.subarray(headEnd + 4);
  if (!isWhole(body, headers)) return undefined;
  const problem = readProblem(body.toString("utf8"));
  return no(status, problem?.code ?? "http", problem?.detail ?? `the server answered ${statusLine.slice(9)}`);
}

function isWhole(body: Buffer, headers: ReadonlyMap<string, string>): boolean {
  if (body.length > MAX_ANSWER_BYTES) return true;
  const length = headers.get("content-length");
  if (length !== undefined) return body.length >= Number(length);
  // Chunked: the last chunk is empty. Otherwise nothing says how long it is, and the head must do.
  return headers.has("transfer-encoding") ? body.includes("\r\n0\r\n\r\n") || body.indexOf("0\r\n\r\n") === 0 : true;
}

function no(status: number, code: string, detail: string): UpgradeAnswer {
  return { status, code, detail };
}
