/** How far a room is ready for the crowd that its host expects; as the API says it. */
export type CrowdProgress = {
  readonly expected: number;
  readonly seats: number;
  readonly leaves: number;
  readonly ready: number;
  readonly capped: boolean;
};

/** What the host reads of it. */
export function sayCrowd({ expected, seats, leaves, ready, capped }: CrowdProgress): string {
  if (expected === 0) return "A room grows by itself. Prepare it if thousands may come within seconds.";
  if (ready < leaves) return `Getting ready: ${Math.floor((ready / leaves) * 100)} % …`;
  const seated = `Ready for ${seats.toLocaleString("en")} listeners.`;
  return capped ? `${seated} The operator of this server allows no more; who comes after that hears it some seconds later.` : seated;
}

/** True while there is news to wait for. */
export function isWaking({ expected, leaves, ready }: CrowdProgress): boolean {
  return expected > 0 && ready < leaves;
}
