/** A page as it was read. Packets never cross pages here. */
export type ReadPage = {
  readonly serial: number;
  readonly sequence: number;
  readonly granule: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly packets: readonly Uint8Array[];
};

/**
 * The pages of an Ogg stream, read by RFC 3533 alone; its checksums are computed bit by bit.
 *
 * @throws if there is anything that is no whole page, a wrong checksum, or a packet that crosses pages
 */
export function pagesIn(bytes: Uint8Array): ReadPage[] {
  const pages: ReadPage[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    if (view.getUint32(0) !== 0x4f676753 || view.getUint8(4) !== 0) throw new Error(`no page at byte ${at}`);
    const table = bytes.subarray(at + 27, at + 27 + view.getUint8(26));
    const start = at + 27 + table.byteLength;
    const end = start + table.reduce((sum, length) => sum + length, 0);
    if (end > bytes.byteLength) throw new Error(`the page at byte ${at} is cut off`);
    // Not slice(): a Buffer's is a view.
    const bare = new Uint8Array(bytes.subarray(at, end));
    bare.fill(0, 22, 26);
    if (view.getUint32(22, true) !== crc(bare)) throw new Error(`the page at byte ${at} has a wrong checksum`);
    const flags = view.getUint8(5);
    if ((flags & 1) !== 0 || table.at(-1) === 255) throw new Error(`a packet crosses the page at byte ${at}`);
    const packets: Uint8Array[] = [];
    let from = start;
    let to = start;
    for (const length of table) {
      to += length;
      if (length === 255) continue;
      packets.push(new Uint8Array(bytes.subarray(from, to)));
      from = to;
    }
    const granule = view.getUint32(6, true) + view.getUint32(10, true) * 2 ** 32;
    const [serial, sequence] = [view.getUint32(14, true), view.getUint32(18, true)];
    pages.push({ serial, sequence, granule, first: (flags & 2) !== 0, last: (flags & 4) !== 0, packets });
    at = end;
  }
  return pages;
}

function crc(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum & 0x80000000 ? 0x04c11db7 : 0);
  }
  return sum >>> 0;
}
