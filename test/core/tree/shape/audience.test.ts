import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../../src/core/ids.ts";
import {
  ADOPTION_REVISIONS,
  type Audience,
  type AudienceEvent,
  decideAudience,
  moveFrom,
  NO_AUDIENCE,
  type RoomSummary,
  seenBy,
} from "../../../../src/core/tree/shape/audience.ts";
import { session } from "../../../support/asks.ts";
import { aPlan, roomId } from "../../../support/build.ts";

type Known = Audience<RoomSummary>;
const [demo, second, third] = [roomId("demo"), roomId("second"), roomId("third")];
const plan = aPlan();
const keyOf = (room: string) => ({ kty: "OKP", crv: "Ed25519", x: `key of ${room}` });
const known = { plan, summary: { room: demo, phase: "quiet" } };
const live: Known = { ...NO_AUDIENCE, known, epoch: 3 };

function adopting(ticket: string, to = second, from = demo): AudienceEvent<RoomSummary> {
  return { type: "adopt", adoption: { from, ticket, verifyKey: keyOf(to), summary: { room: to, phase: "quiet" } } };
}

function having(audience: Known, ...events: readonly AudienceEvent<RoomSummary>[]): Known {
  return events.reduce((state, event) => decideAudience(state, event).audience, audience);
}

describe("an audience", () => {
  it("is planted anew until it was claimed, and never afterwards", () => {
    const other = { ...known, plan: { ...plan, fanOut: 9 } };
    const planted = having(NO_AUDIENCE, { type: "open", known }, { type: "open", known: other });
    expect(planted.known).toEqual(other);
    expect(having(planted, { type: "claim", root: demo }, { type: "open", known }).known).toEqual(other);
  });

  it("gives each claim of its root the next epoch, and nobody else any", () => {
    const { audience, answer } = decideAudience(live, { type: "claim", root: demo });
    expect(answer).toEqual({ epoch: 4, plan });
    expect(decideAudience(audience, { type: "claim", root: second })).toEqual({ audience, answer: { moved: demo, plan } });
    expect(decideAudience(NO_AUDIENCE, { type: "claim", root: demo }).answer).toBe("unknown");
  });

  it("believes what its root notes, and tells others who is root", () => {
    const summary = { room: demo, phase: "live" };
    expect(having(live, { type: "note", known: { plan, summary } }).known?.summary).toEqual(summary);
    expect(
      decideAudience(live, { type: "note", known: { plan: { ...plan, root: second }, summary: { ...summary, room: second } } }),
    ).toEqual({
      audience: live,
      answer: { moved: demo, plan },
    });
  });
});

describe("a successor", () => {
  it("begins with what the room that feeds the audience left last, and nobody else leaves anything", () => {
    const left = having(live, { type: "bequeath", root: demo, legacy: "three chairs" }, { type: "bequeath", root: second, legacy: "none" });
    const { audience, answer } = decideAudience(left, adopting("first"));
    expect(answer).toMatchObject({ epoch: 4, legacy: "three chairs" });
    const next = having(audience, { type: "bequeath", root: demo, legacy: "none" }, { type: "bequeath", root: second, legacy: "five" });
    expect(decideAudience(next, adopting("next", third, second)).answer).toMatchObject({ legacy: "five" });
  });

  it("takes the audience over: a newer plan with its name and its key, and the next epoch", () => {
    const { audience, answer } = decideAudience(live, adopting("rank-1"));
    const adopted = { ...plan, revision: plan.revision + ADOPTION_REVISIONS, root: second, verifyKey: keyOf(second) };
    expect(answer).toEqual({ epoch: 4, plan: adopted, outcasts: [] });
    expect(audience.known).toEqual({ plan: adopted, summary: { room: second, phase: "quiet" } });
    expect(moveFrom(audience, demo)).toEqual({ from: demo, to: second, ticket: "rank-1", verifyKey: plan.verifyKey });
  });

  it("is told whom the room before kept out; a room that was replaced has no say in it any more", () => {
    const outcasts = [{ session: session("l-outcast-1"), name: "Mallory" }];
    const before = decideAudience(live, { type: "keep-out", root: demo, outcasts }).audience;
    const { audience, answer } = decideAudience(before, adopting("rank-1"));
    expect(answer).toMatchObject({ outcasts });
    expect(decideAudience(audience, { type: "keep-out", root: demo, outcasts: [] })).toMatchObject({ audience, answer: { moved: second } });
  });

  it("leaves the room that failed nothing to claim or to note", () => {
    const { audience } = decideAudience(live, adopting("rank-1"));
    for (const event of [
      { type: "claim", root: demo },
      { type: "note", known: { plan, summary: { room: demo, phase: "live" } } },
    ] as const) {
      expect(decideAudience(audience, event)).toMatchObject({ audience, answer: { moved: second } });
    }
  });

  it("who comes second is told who has it", () => {
    const { audience } = decideAudience(live, adopting("rank-1"));
    expect(decideAudience(audience, adopting("rank-2", third))).toMatchObject({ audience, answer: { moved: second } });
  });

  it("who was cut off before he had his answer may ask again, and has moved it once", () => {
    const once = having(live, adopting("rank-1"));
    const { audience, answer } = decideAudience(once, adopting("rank-1"));
    expect(answer).toMatchObject({ epoch: 5, plan: { root: second } });
    expect(audience.moves).toHaveLength(1);
    expect(decideAudience(audience, adopting("rank-1", third))).toMatchObject({ answer: { moved: second } });
  });

  it("cannot take over what is over", () => {
    const ended = having(live, { type: "note", known: { plan, summary: { room: demo, phase: "ended" } } });
    expect(decideAudience(ended, adopting("rank-1"))).toEqual({ audience: ended, answer: "ended" });
  });

  it("may be succeeded in turn, and every room that ever fed the audience still leads to it", () => {
    const twice = having(live, adopting("rank-1"), adopting("of second", third, second));
    expect([demo, second, third].map((room) => seenBy(twice, room)?.plan.root)).toEqual([third, third, third]);
    expect(seenBy(twice, roomId("wished-only"))).toBeUndefined();
    // Each is told who has the audience now, and, where that is another, who took it over from itself.
    const claimed = (root: typeof demo) => decideAudience(twice, { type: "claim", root }).answer;
    expect(claimed(demo)).toMatchObject({ moved: third, by: second });
    for (const root of [second, roomId("wished-only")]) {
      expect(claimed(root)).toMatchObject({ moved: third });
      expect(claimed(root)).not.toHaveProperty("by");
    }
  });

  it("of any who ask in any order exactly one wins, and no epoch is given out twice", () => {
    const event = fc.oneof(
      fc.constantFrom<AudienceEvent<RoomSummary>>({ type: "claim", root: demo }, { type: "claim", root: second }),
      fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom(second, third)).map(([ticket, to]) => adopting(ticket, to)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let audience: Known = { ...NO_AUDIENCE, known };
        const epochs: number[] = [];
        for (const one of events) {
          const { audience: next, answer } = decideAudience(audience, one);
          if (typeof answer === "object" && "epoch" in answer) {
            const asker = one.type === "claim" ? one.root : one.type === "adopt" ? one.adoption.summary.room : undefined;
            expect(answer.plan.root).toBe(asker);
            epochs.push(answer.epoch);
          }
          audience = next;
        }
        expect(audience.moves.length).toBeLessThanOrEqual(1);
        expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
      }),
    );
  });
});

describe("what is over", () => {
  it("leaves nothing to anybody, whatever is still on its way", () => {
    const left = having(live, { type: "bequeath", root: demo, legacy: "a webhook and its key" });
    const ended = having(left, { type: "note", known: { plan, summary: { room: demo, phase: "ended" } } });
    expect([left.legacy, ended.legacy]).toEqual(["a webhook and its key", undefined]);
    expect(having(ended, { type: "bequeath", root: demo, legacy: "again" }).legacy).toBeUndefined();
  });

  it("stays over, also when an older note comes after", () => {
    const ended = having(live, { type: "note", known: { plan, summary: { room: demo, phase: "ended" } } });
    expect(having(ended, { type: "note", known: { plan, summary: { room: demo, phase: "live" } } }).known?.summary.phase).toBe("ended");
  });
});

describe("a name whose audience is another's", () => {
  it("leads there also over what a creation left behind that was cut off", () => {
    const left = having(NO_AUDIENCE, { type: "open", known });
    expect(having(left, { type: "follow", audience: audienceOf(third) }).follows).toBe(audienceOf(third));
    expect(having(left, { type: "claim", root: demo }, { type: "follow", audience: audienceOf(third) }).follows).toBeUndefined();
  });

  it("leads there, until a room of that name is made after all", () => {
    const pointer = having(NO_AUDIENCE, { type: "follow", audience: audienceOf(demo) });
    expect(pointer.follows).toBe("demo");
    expect(having(pointer, { type: "open", known }).follows).toBeUndefined();
    expect(having(live, { type: "follow", audience: audienceOf(second) })).toEqual(live);
  });
});
