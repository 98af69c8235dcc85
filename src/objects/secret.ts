/** 128 bits of luck as base64url, 22 characters: who guesses a million a second needs 10^25 years. */
export function makeSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}

/** Bytes as base64url without padding (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
