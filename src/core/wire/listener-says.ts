import { parseObject } from "../json.ts";
import { MAX_NAME, MAX_QUESTION, readable } from "../text.ts";
import type { ListenerRefusal, ListenerSays } from "../tree/people/listener-says.ts";
import { isReaction } from "../tree/people/reactions.ts";

export type { ListenerRefusal, ListenerSays } from "../tree/people/listener-says.ts";

/** Why a listener's text was not taken; he is told the word and a sentence. */
export type ListenerFault = "text-unreadable" | "name-unreadable" | "question-unreadable";

/** The only door for a listener's text. Undefined for a type that is unknown here: newer pages may say more. */
export function parseListenerSays(text: string): ListenerSays | ListenerFault | undefined {
  const said = parseObject(text);
  if (typeof said?.["type"] !== "string") return "text-unreadable";
  switch (said["type"]) {
    case "hearing":
      return typeof said["hearing"] === "boolean" ? { type: "hearing", hearing: said["hearing"] } : "text-unreadable";
    case "react":
      return isReaction(said["reaction"]) ? { type: "react", reaction: said["reaction"] } : "text-unreadable";
    case "hand": {
      const { raised } = said;
      if (typeof raised !== "boolean") return "text-unreadable";
      const name = readable(said["name"], MAX_NAME);
      return name === undefined && raised ? "name-unreadable" : { type: "hand", raised, name: name ?? "" };
    }
    case "question": {
      const { id } = said;
      if (typeof id !== "string" || !/^[A-Za-z0-9_-]{8,40}$/.test(id)) return "text-unreadable";
      const name = readable(said["name"], MAX_NAME);
      if (name === undefined) return "name-unreadable";
      const question = readable(said["text"], MAX_QUESTION);
      return question === undefined ? "question-unreadable" : { type: "question", id, name, text: question };
    }
    default:
      return undefined;
  }
}

/** What people read when what they said was not taken. */
const SAYS: Readonly<Record<ListenerFault | ListenerRefusal, string>> = {
  "text-unreadable": "That message could not be read",
  "name-unreadable": "That name is empty, too long, or has characters that cannot be shown",
  "question-unreadable": "That question is empty, too long, or has characters that cannot be shown",
  "too-often": "That was too soon after the last time; wait a moment",
  "no-identity": "Only who came with a session can raise a hand or ask",
};

/** `refused` as text: a *no* to what a listener said. */
export function formatListenerRefusal(code: ListenerFault | ListenerRefusal, roomTime: number): string {
  return JSON.stringify({ type: "refused", revision: 0, roomTime, code, says: SAYS[code] });
}
