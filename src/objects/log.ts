/** One structured line per turn of life, never per chunk; no addresses, no tickets. */
export function log(event: string, facts: { readonly [fact: string]: string | number | boolean | undefined }): void {
  console.log(JSON.stringify({ event, ...facts }));
}
