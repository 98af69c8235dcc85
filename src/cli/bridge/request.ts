import { timingSafeEqual } from "node:crypto";

/** Longest head of a request that is read, in bytes. */
export const MAX_HEAD_BYTES = 8_192;

/** The head of a request. Names of headers are lower case. */
export type Head = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly version: string;
  readonly headers: ReadonlyMap<string, string>;
};

/** What the port is told of itself. */
export type PortRules = {
  readonly mount: string;
  readonly user: string;
  readonly password: string;
  /** Where the room is listened to, for who comes here by mistake. */
  readonly listen: string;
};

/** What a request is answered: a plain answer (which nobody at the bridge need read, unless it is news), a title that is told, or the sound of a source is read from here on. */
export type Verdict =
  | { readonly do: "answer"; readonly status: number; readonly says: string; readonly headers?: readonly string[]; readonly isNews?: false }
  | { readonly do: "title"; readonly song: string }
  | {
      readonly do: "source";
      readonly chunked: boolean;
      readonly bytes: number | undefined;
      readonly expects: boolean;
      readonly agent: string;
    };

/**
 * The head of a request and where its body begins; undefined while it is not whole, or why it is none.
 *
 * Node's own parser cannot read this protocol: a source's body has neither a length nor chunks.
 */
export function readHead(bytes: Buffer): { readonly head: Head; readonly bodyAt: number } | "malformed" | "too-large" | undefined {
  const [end, gap] = endOfHead(bytes);
  if (end < 0) return bytes.length > MAX_HEAD_BYTES ? "too-large" : undefined;
  if (end > MAX_HEAD_BYTES) return "too-large";
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split(/\r?\n/);
  const found = /^([A-Z]{3,10}) (\/[\x21-\x7e]*) ((?:HTTP|ICE)\/1\.[01])$/.exec(first);
  if (found === null) return "malformed";
  const [, method = "", target = "", version = ""] = found;
  const url = URL.canParse(target, "http://bridge") ? new URL(target, "http://bridge") : undefined;
  if (url === undefined) return "malformed";
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(line.slice(0, colon))) return "malformed";
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { head: { method, path: url.pathname, query: url.searchParams, version, headers }, bodyAt: end + gap };
}

/** Where the empty line stands, and how long it is; some encoders end lines by \n alone. */
function endOfHead(bytes: Buffer): readonly [number, number] {
  const crlf = bytes.indexOf("\r\n\r\n");
  const lf = bytes.indexOf("\n\n");
  if (lf >= 0 && (crlf < 0 || lf < crlf)) return [lf, 2];
  return [crlf, 4];
}

/** What to do with a request, as an Icecast 2 server would answer an encoder. */
export function verdictOn(head: Head, rules: PortRules): Verdict {
  const { method, path } = head;
  const isSource = method === "PUT" || method === "SOURCE";
  const isTitle = (method === "GET" || method === "POST") && path === "/admin/metadata";
  if (!isSource && !isTitle) return elsewhere(head, rules);
  if (!isAllowed(head.headers.get("authorization"), rules)) {
    const says = "Wrong user or password: set the encoder to those that the bridge has (--source user:password).";
    const answer = { do: "answer", status: 401, says, headers: ['WWW-Authenticate: Basic realm="Canopy source"'] } as const;
    // libshout asks without a password first, to see what the server can do.
    return head.headers.has("authorization") ? answer : { ...answer, isNews: false };
  }
  return isTitle ? titleOf(head, rules) : sourceOf(head, rules);
}

function elsewhere({ method, path }: Head, { mount, listen }: PortRules): Verdict {
  if (method === "OPTIONS")
    return { do: "answer", status: 204, says: "", isNews: false, headers: ["Allow: PUT, SOURCE, GET, POST, OPTIONS"] };
  if (method !== "GET" && method !== "HEAD") {
    return { do: "answer", status: 405, says: "A source is sent with PUT or SOURCE.", headers: ["Allow: PUT, SOURCE, GET, POST, OPTIONS"] };
  }
  if (method === "HEAD") return { do: "answer", status: 404, says: "", isNews: false };
  const what = path === mount ? "This port only takes sound in." : "Nothing is here: this port only takes sound in.";
  return { do: "answer", status: 404, says: `${what} Listen at ${listen}`, isNews: false };
}

function titleOf({ query }: Head, { mount }: PortRules): Verdict {
  const song = query.get("song");
  if (query.get("mode") !== "updinfo" || song === null) {
    return { do: "answer", status: 400, says: "Only mode=updinfo with song=… is understood here." };
  }
  const at = query.get("mount");
  return at === null || at === mount ? { do: "title", song } : wrongMount(mount);
}

function sourceOf({ path, headers, version }: Head, { mount }: PortRules): Verdict {
  if (path !== mount) return wrongMount(mount);
  const type = (headers.get("content-type") ?? "application/ogg").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!["application/ogg", "audio/ogg", "audio/opus", "audio/x-opus", "application/octet-stream"].includes(type)) {
    const says = `This room takes Ogg Opus, not ${type.replace(/[^\w/+.-]/g, "")}. Set the encoder's codec to Opus (ffmpeg: -c:a libopus -f ogg -content_type audio/ogg).`;
    return { do: "answer", status: 415, says };
  }
  const encoding = headers.get("transfer-encoding")?.toLowerCase() ?? "identity";
  if (encoding !== "chunked" && encoding !== "identity")
    return { do: "answer", status: 501, says: "Transfer-Encoding must be chunked, or none." };
  const length = headers.get("content-length");
  // Some encoders say a length that stands for "endless".
  const bytes = length !== undefined && /^[1-9]\d{0,14}$/.test(length) ? Number(length) : undefined;
  const expects = version !== "HTTP/1.0" && headers.get("expect")?.toLowerCase() === "100-continue";
  const agent = (headers.get("user-agent") ?? headers.get("ice-name") ?? "an encoder").replace(/[^\x20-\x7e]/g, "").slice(0, 80);
  return { do: "source", chunked: encoding === "chunked", bytes, expects, agent };
}

function wrongMount(mount: string): Verdict {
  return { do: "answer", status: 404, says: `There is one mount here: ${mount}` };
}

/** Compared in the same time whatever is wrong. */
function isAllowed(authorization: string | undefined, { user, password }: PortRules): boolean {
  const said = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const given = Buffer.from(said, "base64");
  const wanted = Buffer.from(`${user}:${password}`, "utf8");
  const same = Buffer.alloc(wanted.length);
  given.copy(same);
  return timingSafeEqual(same, wanted) && given.length === wanted.length;
}
