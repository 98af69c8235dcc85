import { randomBytes } from "node:crypto";
import type { CreatedRoom } from "../../src/cli/api.ts";
import { listenUrl, parseServer } from "../../src/cli/api.ts";
import { Socket } from "../../src/cli/line/socket.ts";
import type { You } from "../../src/core/wire/messages.ts";
import { parseListenerHears } from "../../src/core/wire/parse.ts";

/** How long a listener waits for the room's word on a busy machine, in ms. */
const PATIENCE_MS = 15_000;

/** A listener raises a hand, the host asks him up: the ticket that he is brought. */
export async function guestTicket(
  url: string,
  { room, hostTicket }: Pick<CreatedRoom, "room" | "hostTicket">,
  name: string,
): Promise<string> {
  const server = parseServer(url);
  const waiting: { isIt: (you: You) => boolean; found: (you: You) => void }[] = [];
  const socket = new Socket(listenUrl(server, room), ["canopy.v1", `me.${randomBytes(16).toString("base64url")}`], {
    text: (text) => {
      const said = parseListenerHears(text);
      if (said?.type !== "you") return;
      for (const wait of waiting.filter(({ isIt }) => isIt(said))) wait.found(said);
    },
    binary: () => undefined,
    ended: () => undefined,
  });
  const told = (isIt: (you: You) => boolean) =>
    new Promise<You>((found, fail) => {
      waiting.push({ isIt, found });
      setTimeout(() => fail(new Error(`${name} was never told`)), PATIENCE_MS).unref();
    });
  const raised = told(({ hand }) => hand === "raised");
  // A hand is told of upward only once the leaf has joined the tree; until the room has heard of it, it is raised again.
  const raising = setInterval(() => socket.sendText(JSON.stringify({ type: "hand", raised: true, name })), 500);
  const { session } = await raised.finally(() => clearInterval(raising));
  const invited = told(({ ticket }) => ticket !== undefined);
  const answer = await fetch(new URL(`/api/rooms/${room}/invite`, server), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${hostTicket}` },
    body: JSON.stringify({ session }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const { ticket } = await invited;
  socket.close();
  return ticket ?? "";
}
