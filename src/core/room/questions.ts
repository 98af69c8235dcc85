import type { SessionId } from "../ids.ts";
import { type Asked, isKeptOut, type Room } from "./state.ts";
import { no, type Step } from "./step.ts";

/** Questions that wait at once. */
export const MOST_QUESTIONS = 100;

/** A listener asks. One question of each waits at a time, and no more than a host can read: where there are too many, the oldest goes. */
export function ask(room: Room, asked: Asked): Step {
  const isNew = room.questions.every(({ id, session }) => id !== asked.id && session !== asked.session);
  if (!isNew || isKeptOut(room, asked.session)) return { room };
  const oldest = room.questions.length < MOST_QUESTIONS ? undefined : room.questions.find(({ id }) => id !== room.pinned?.id);
  return { room: { ...room, questions: [...room.questions.filter((one) => one !== oldest), asked] } };
}

/** Shows one of the questions to all, or none. */
export function pin(room: Room, id: string | undefined): Step {
  if (id === undefined) return { room: { ...room, pinned: undefined } };
  const question = room.questions.find((one) => one.id === id);
  return question === undefined ? no(room, "question-unknown") : { room: { ...room, pinned: question } };
}

/** A question is dealt with; nobody needs to see it any more. */
export function answer(room: Room, id: string): Step {
  const questions = room.questions.filter((one) => one.id !== id);
  if (questions.length === room.questions.length) return no(room, "question-unknown");
  return { room: { ...room, questions, pinned: room.pinned?.id === id ? undefined : room.pinned } };
}

/** The room without what this session asked. */
export function withoutQuestions(room: Room, session: SessionId): Room {
  const questions = room.questions.filter((one) => one.session !== session);
  const pinned = room.pinned?.session === session ? undefined : room.pinned;
  return questions.length === room.questions.length && pinned === room.pinned ? room : { ...room, questions, pinned };
}
