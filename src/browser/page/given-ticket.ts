/** A ticket at the head of what was pasted: three parts of base64url. Mail programs like to add a bracket or a full stop. */
const TICKET = /^[\w-]+(?:\.[\w-]+){2}/;

/**
 * The ticket that the page's address brings (`#ticket=…`), which is cleared, so that it is not shared, photographed or kept in the history by
 * mistake. `given`: something stood there, a whole ticket or not.
 */
export function takeGivenTicket(): { readonly given: boolean; readonly ticket: string | undefined } {
  const given = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (given !== null) history.replaceState(null, "", location.pathname + location.search);
  return { given: given !== null, ticket: ticketIn(given ?? "") };
}

/** The ticket at the head of `text`, whatever follows it; nothing if there is none. Its signature is the room's business. */
export function ticketIn(text: string): string | undefined {
  return TICKET.exec(text)?.[0];
}
