import { X509Certificate } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** Some phones refuse certificates that are valid for longer than this, in days (Apple: 398 for roots that users add, 825 before). */
const VALID_DAYS = 397;
const DAY_MS = 86_400_000;

/** A key pair for HTTPS, in PEM. */
export type KeyPair = { readonly privateKeyPem: string; readonly certificatePem: string };

/** This machine's IPv4 addresses in its local networks, the likeliest first. */
export function lanAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter((address) => address.family === "IPv4" && !address.internal).map((address) => address.address);
  // Home and office networks first; 172.16/12 is mostly containers.
  return outside.sort((a, b) => Number(a.startsWith("172.")) - Number(b.startsWith("172.")));
}

/**
 * A self-made certificate for localhost and `addresses`, kept in `directory`.
 *
 * The same one is used again as long as it is valid and names every address, so that the exception that a phone
 * was told to make keeps holding.
 */
export async function keptCertificate(directory: string, addresses: readonly string[], nowMs: number): Promise<KeyPair> {
  const file = join(directory, "certificate.pem");
  const keyFile = join(directory, "certificate.key");
  const kept = await readPair(file, keyFile);
  if (kept !== undefined && fits(new X509Certificate(kept.certificatePem), addresses, nowMs)) return kept;
  const pair = await makeCertificate(addresses, nowMs);
  await mkdir(directory, { recursive: true });
  await writeFile(file, pair.certificatePem);
  // Only its owner may read the key.
  await writeFile(keyFile, pair.privateKeyPem, { mode: 0o600 });
  return pair;
}

async function makeCertificate(addresses: readonly string[], nowMs: number): Promise<KeyPair> {
  const altNames = [
    { type: 2 as const, value: "localhost" },
    { type: 7 as const, ip: "127.0.0.1" },
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: "commonName", value: "Canopy on this machine" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + (VALID_DAYS - 1) * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { privateKeyPem: made.private, certificatePem: made.cert };
}

async function readPair(file: string, keyFile: string): Promise<KeyPair | undefined> {
  try {
    return { certificatePem: await readFile(file, "utf8"), privateKeyPem: await readFile(keyFile, "utf8") };
  } catch {
    return undefined;
  }
}

function fits(certificate: X509Certificate, addresses: readonly string[], nowMs: number): boolean {
  if (Date.parse(certificate.validTo) < nowMs + DAY_MS) return false;
  return addresses.every((address) => certificate.checkIP(address) !== undefined);
}
