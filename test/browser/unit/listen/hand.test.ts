import { beforeEach, describe, expect, it } from "vitest";
import { Hand } from "../../../../src/browser/listen/hand.ts";
import { type Hearing, NOTHING_YET } from "../../../../src/browser/listen/hearing.ts";
import { SentQuestion } from "../../../../src/browser/listen/sent-question.ts";
import type { ListenerSays } from "../../../../src/core/wire/listener-says.ts";
import type { Refused, RoomState, You } from "../../../../src/core/wire/messages.ts";
import { session } from "../../../support/asks.ts";

const room: RoomState = {
  type: "room",
  for: "all",
  revision: 1,
  roomTime: 0,
  room: "birds",
  title: "Birds",
  epoch: 1,
  phase: "live",
  chunkMs: 100,
  hands: "open",
  locked: false,
  stageLocked: false,
  recorded: false,
  recordable: false,
  host: "here",
};
const linked: Hearing = { ...NOTHING_YET, phase: "live", listeners: 3, link: "open", welcomes: 1, room };
const you = (hand: You["hand"]): You => ({ type: "you", session: session("ana"), hand });
const refused: Refused = { type: "refused", revision: 0, roomTime: 0, code: "too-often", says: "Too soon" };

let said: ListenerSays[] = [];
let kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
const newHand = () => new Hand("birds", (one) => said.push(one) > 0, storage);
const raises = () => said.filter((one) => one.type === "hand" && one.raised).length;

beforeEach(() => {
  said = [];
  kept = new Map();
});

describe("a listener's hand", () => {
  it("is up only when the room has said so", () => {
    const hand = newHand();
    hand.raise("Ana");
    hand.follow(linked, 0, 0);
    expect(hand.stands).toBe("rising");
    hand.follow({ ...linked, you: you("raised") }, 100, 0);
    expect(hand.stands).toBe("up");
  });

  it("is raised again after 20 to 30 s until the room has heard of it, and then no more", () => {
    const hand = newHand();
    hand.raise("Ana");
    hand.follow(linked, 0, 0.5);
    hand.follow(linked, 24_999, 0);
    expect(raises()).toBe(1);
    hand.follow(linked, 25_000, 0);
    expect(raises()).toBe(2);
    hand.follow({ ...linked, you: you("raised") }, 45_000, 0);
    hand.follow({ ...linked, you: you("raised") }, 90_000, 0);
    expect(raises()).toBe(2);
  });

  it("is raised at each new leaf, and after a reload, where the room must first say again that it is up", () => {
    const hand = newHand();
    hand.raise("Ana");
    hand.follow(linked, 0, 0);
    hand.follow({ ...linked, welcomes: 2 }, 10, 0);
    expect(raises()).toBe(2);
    const reloaded = newHand();
    expect(reloaded.stands).toBe("rising");
    reloaded.follow(linked, 20, 0);
    expect(raises()).toBe(3);
  });

  it("that goes down so soon that the leaf may not take it is lowered once more, if the room does not answer", () => {
    const hand = newHand();
    hand.lower(0);
    hand.follow(linked, 2_499, 0);
    expect(said).toHaveLength(1);
    hand.follow(linked, 2_500, 0);
    hand.follow(linked, 60_000, 0);
    expect(said).toHaveLength(2);
    hand.lower(70_000);
    hand.follow({ ...linked, you: you("none") }, 70_100, 0);
    hand.follow({ ...linked, you: you("none") }, 80_000, 0);
    expect(said).toHaveLength(3);
    expect(hand.stands).toBe("down");
  });
});

describe("a question that was sent", () => {
  it("is on its way when a second has passed without a no", () => {
    const sent = new SentQuestion(linked, 0);
    expect(sent.fate(linked, 999)).toBe("open");
    expect(sent.fate(linked, 1_000)).toBe("taken");
  });

  it("is not where the leaf refused it, or the line broke; an older no means nothing", () => {
    expect(new SentQuestion(linked, 0).fate({ ...linked, refused }, 100)).toBe("refused");
    expect(new SentQuestion(linked, 0).fate({ ...linked, link: "waiting" }, 100)).toBe("lost");
    expect(new SentQuestion({ refused }, 0).fate({ ...linked, refused }, 1_000)).toBe("taken");
  });
});
