import { describe, expect, it } from "vitest";
import { ticketIn } from "../../../../src/browser/page/given-ticket.ts";

const TICKET = "eyJhbGciOiJFZERTQSJ9.eyJhdWQiOiJhLXJvb20ifQ.c2lnbmF0dXJl-_";

describe("a host link", () => {
  it.each(["", ")", ".", ",", " (keep this)", "\n"])("bears its ticket, whatever a mail program puts behind it: “%s”", (tail) => {
    expect(ticketIn(TICKET + tail)).toBe(TICKET);
  });

  it.each(["", "abc", "eyJh.eyJh", "(eyJh.eyJh.c2ln", "a b.c.d"])("is not whole as “%s”", (text) => {
    expect(ticketIn(text)).toBeUndefined();
  });
});
