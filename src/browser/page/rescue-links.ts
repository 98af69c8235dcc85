/** The rescue links of a room that was made in this tab: told once, kept until the tab is closed, so that the studio has them too. */
export function keepRescueLinks(room: string, links: readonly string[]): void {
  sessionStorage.setItem(keyOf(room), links.join("\n"));
}

/** What `keepRescueLinks` kept; none in any other tab. */
export function rescueLinksOf(room: string): readonly string[] {
  return (sessionStorage.getItem(keyOf(room)) ?? "").split("\n").filter((link) => link !== "");
}

function keyOf(room: string): string {
  return `canopy:${room}:rescue`;
}
