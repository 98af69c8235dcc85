import { describe, expect, it } from "vitest";
import { MOST_QUESTIONS } from "../../../src/core/room/questions.ts";
import { aStage, FIRST, HOST, LISTENER, type Play, session } from "./people.ts";

describe("a queue of questions that is full", () => {
  it("lets the oldest go that nobody reads just now, so that nobody can close it for good", () => {
    const play = aStage();
    const ask = (index: number) =>
      play.event({ type: "question", id: `question-${index}`, session: session(`asker-number-${index}`), name: "Lis", text: "Why?" });
    for (let index = 0; index < MOST_QUESTIONS; index++) ask(index);
    play.asks(HOST, { type: "pin", question: "question-0" });
    ask(MOST_QUESTIONS);
    expect(play.room.questions).toHaveLength(MOST_QUESTIONS);
    expect(play.room.questions[0]?.id).toBe("question-0");
    expect(play.room.questions.at(-1)?.id).toBe(`question-${MOST_QUESTIONS}`);
    expect(play.room.questions.some(({ id }) => id === "question-1")).toBe(false);
  });
});

describe("a question", () => {
  const asked = (play: Play, id = "question-1") => play.event({ type: "question", id, session: LISTENER, name: "Lis", text: "Why?" });

  it("waits until it is answered, one of each listener at a time", () => {
    const play = asked(asked(aStage()), "question-2");
    expect(play.room.questions.map(({ id }) => id)).toEqual(["question-1"]);
    expect(asked(play.asks(FIRST, { type: "answer", question: "question-1" }), "question-2").room.questions).toHaveLength(1);
  });

  it("is shown to all, until another is, none, or it is answered", () => {
    const play = asked(aStage()).asks(FIRST, { type: "pin", question: "question-1" });
    expect(play.did).toContain("tell-pinned");
    expect(play.asks(HOST, { type: "answer", question: "question-1" }).room.pinned).toBeUndefined();
    expect(play.asks(HOST, { type: "pin", question: "question-1" }).refused).toBe("question-unknown");
  });
});
