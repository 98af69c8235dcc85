import { parseObject } from "../json.ts";
import { MAX_NAME, MAX_QUESTION, readable } from "../text.ts";
import { isReaction, type Reaction } from "../tree/reactions.ts";

/** What a listener may say to his leaf. Nothing of it costs the room a request: it is counted or sampled on its way up. */
export type ListenerSays =
  /** Whether sound comes out where he is; said when it changes. Who never says it counts as connected only. */
  | { readonly type: "hearing"; readonly hearing: boolean }
  | { readonly type: "react"; readonly reaction: Reaction }
  /** Raises or lowers his hand; lowering it also declines an invitation. */
  | { readonly type: "hand"; readonly raised: boolean; readonly name: string }
  | { readonly type: "question"; readonly id: string; readonly name: string; readonly text: string };

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
