import { randomBytes } from "node:crypto";
import type { RoomId } from "../../core/ids.ts";
import { parseListenerHears } from "../../core/wire/parse.ts";
import { explainEnding, listenUrl } from "../api.ts";
import { stayConnected } from "../line/stay.ts";
import { Halt } from "../problem.ts";

/** Until the room has heard of it, a hand is raised again this often, in ms: a leaf that has just woken up tells nobody yet. */
const RAISE_MS = 2_500;

/**
 * Comes up to the stage as a listener does: raises a hand and waits until a host invites.
 *
 * @param raised told once, when the hand is up, of the session that is to be invited
 * @returns the ticket for the stage: good for 30 days, and to be used within a minute the first time
 * @throws Halt if the host says no, or the room cannot be listened to
 */
async function comeUp(server: URL, room: RoomId, name: string, raised: (session: string) => void): Promise<string> {
  const me = randomBytes(16).toString("base64url");
  let [isUp, isTold] = [false, false];
  let found: (ticket: string | Halt) => void = () => undefined;
  const answered = new Promise<string | Halt>((done) => {
    found = done;
  });
  const raise = JSON.stringify({ type: "hand", raised: true, name });
  let raising: NodeJS.Timeout | undefined;
  const stay = stayConnected({
    url: () => listenUrl(server, room),
    protocols: ["canopy.v1", `me.${me}`],
    ping: "ping",
    text: (text, socket) => {
      const said = parseListenerHears(text);
      if (said?.type === "welcome") {
        // A hand is up on a socket: on a new one it is raised again.
        isUp = false;
        clearInterval(raising);
        socket.sendText(raise);
        raising = setInterval(() => isUp || socket.sendText(raise), RAISE_MS);
      }
      if (said?.type !== "you") return;
      if (said.ticket !== undefined) return found(said.ticket);
      isUp = said.hand !== "none";
      // Of a hand that nobody answered in time the next try may tell more.
      if (!isUp && said.code !== "expired") found(new Halt(`"${name}" may not come up: ${said.says ?? said.code ?? "no reason given"}.`));
      if (isUp && !isTold) raised(said.session);
      isTold ||= isUp;
    },
    lost: () => clearInterval(raising),
  });
  const answer = await Promise.race([answered, stay.ended.then((ending) => new Halt(explainEnding(ending, server)))]);
  clearInterval(raising);
  stay.stop();
  if (typeof answer !== "string") throw answer;
  return answer;
}

/** The same for a person at the command line, who is told what must be done. @throws Halt if there is no name to come up as */
export async function invited(server: URL, room: RoomId, name: string | undefined): Promise<string> {
  if (name === undefined) throw new Halt("Say who speaks: --ticket, or --come-up NAME.");
  const ticket = await comeUp(server, room, name, (session) => {
    console.log(`"${name}" has raised a hand: invite it in the panel, or POST /api/rooms/${room}/invite {"session": "${session}"}`);
  });
  console.log(`Invited. Next time, for 30 days: --ticket ${ticket}`);
  return ticket;
}
