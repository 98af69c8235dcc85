/** Bits of an IPv6 address that name a network: what is behind them one household changes at will (RFC 4291 §2.5.4, RFC 8981). */
const NETWORK_GROUPS = 4;
/** An IPv6 address is eight groups of 16 bits. */
const GROUPS = 8;
/** Longest text that can be an address, with brackets and a port, in characters. */
const MAX_LENGTH = 64;

/**
 * The one spelling of where somebody comes from: an IPv4 address as it is, an IPv6 address cut to its /64, so that whoever changes the
 * lower half stays the same. IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
 *
 * `192.0.2.1` → `192.0.2.1`; `[2001:db8::7]:443` → `2001:db8:0:0`.
 *
 * @param text an address; a port behind it (with brackets around IPv6) and a zone are let go
 * @returns undefined if it is no address
 */
export function addressOf(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bare = /^\[([^[\]]*)\](?::\d{1,5})?$/.exec(text.trim())?.[1] ?? text.trim();
  const v4 = ipv4In(/^([\d.]+)(?::\d{1,5})?$/.exec(bare)?.[1] ?? "");
  if (v4 !== undefined) return v4.join(".");
  const groups = groupsOf(bare.replace(/%[\w.-]+$/, ""));
  if (groups === undefined) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(":");
}

/** True of what `addressOf` makes of this very machine. */
export function isLoopback(address: string): boolean {
  // ::1 and :: alike: nobody comes from the unspecified address.
  return address.startsWith("127.") || address === "0:0:0:0";
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2), one `::` filled up, a dotted tail as two. */
function groupsOf(text: string): readonly number[] | undefined {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const front = numbersIn(head, tail === undefined);
  const back = tail === undefined ? [] : numbersIn(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const missing = GROUPS - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...front, ...new Array<number>(missing).fill(0), ...back];
}

/** @param isEnd the last of them may be a dotted IPv4 address */
function numbersIn(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [at, part] of parts.entries()) {
    const dotted = isEnd && at === parts.length - 1 ? ipv4In(part) : undefined;
    if (dotted !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = dotted;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Four numbers from 0 to 255, without leading zeros: some programs read those as octal. */
function ipv4In(text: string): readonly number[] | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}
