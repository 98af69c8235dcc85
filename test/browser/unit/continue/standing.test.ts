import { describe, expect, it } from "vitest";
import { standingBy } from "../../../../src/browser/continue/standing.ts";

const no = (code: string, room?: string) => ({ status: 400, code, detail: code, ...(room !== undefined && { room }) });

describe("who opens a rescue link", () => {
  it("may take over what nobody has", () => {
    expect(standingBy({ room: "walk", live: true, listeners: 7, taken: false })).toEqual({ at: "free", live: true, listeners: 7 });
  });

  it("is given his own room again, if the answer never reached him", () => {
    const mine = standingBy({ room: "walk-on", live: false, listeners: 7, taken: true });
    expect(mine).toEqual({ at: "mine", room: "walk-on" });
  });

  it("is led to his room also once its host has come", () => {
    expect(standingBy(no("ticket-used"), { at: "mine", room: "walk-on" })).toMatchObject({ at: "over", room: "walk-on" });
    expect(standingBy(no("ticket-used"))).toMatchObject({ at: "over", room: undefined });
  });

  it("is led to who was faster", () => {
    const free = { at: "free", live: true, listeners: 7 } as const;
    expect(standingBy(no("room-moved", "theirs"), free)).toMatchObject({ at: "over", room: "theirs" });
  });

  it.each(["room-ended", "room-unknown", "ticket-invalid", "ticket-expired", "ticket-for-another-room", "ticket-role-wrong"])(
    "is not asked to try again where that is no use: %s",
    (code) => expect(standingBy(no(code)).at).toBe("over"),
  );

  it.each(["unreachable", "not-understood", "too-many-requests", "room-unready", "fault", "a-code-of-tomorrow"])(
    "may try again where it is only a bad moment: %s",
    (code) => expect(standingBy(no(code)).at).toBe("unsure"),
  );
});
