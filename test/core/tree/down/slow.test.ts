import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUEUE_BYTES, turnOf } from "../../../../src/core/tree/down/slow.ts";

describe("a line that does not move", () => {
  it("is sent to as long as what waits stays below 64 KiB", () => {
    expect(turnOf(0, 4_000, undefined, false)).toBe("send");
    expect(turnOf(QUEUE_BYTES - 4_000, 4_000, undefined, false)).toBe("send");
    expect(turnOf(QUEUE_BYTES - 3_999, 4_000, undefined, false)).toBe("hold");
  });

  it("is sent nothing more until it has drained, then what it missed", () => {
    expect(turnOf(QUEUE_BYTES / 2, 100, 5_000, false)).toBe("hold");
    expect(turnOf(QUEUE_BYTES / 4, 4_000, 5_000, false)).toBe("send");
  });

  it("goes on at the live edge if what it missed is not kept any more", () => {
    expect(turnOf(0, 4_000, 29_000, true)).toBe("skip");
  });

  it("is told to come back when it has not drained for half a minute", () => {
    expect(turnOf(QUEUE_BYTES, 4_000, 30_000, false)).toBe("close");
  });

  it("never has more waiting than the bound, or one turn if that is more", () => {
    const turn = fc.record({ bytes: fc.integer({ min: 1, max: QUEUE_BYTES }), drains: fc.nat(20_000), lost: fc.boolean() });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 200, size: "max" }), (turns) => {
        let queued = 0;
        let heldMs: number | undefined;
        for (const { bytes, drains, lost } of turns) {
          const said = turnOf(queued, bytes, heldMs, lost);
          if (said === "close") return;
          if (said === "send") queued += bytes;
          heldMs = said === "hold" ? (heldMs ?? 0) + 100 : undefined;
          expect(queued).toBeLessThanOrEqual(QUEUE_BYTES);
          queued = Math.max(0, queued - drains);
        }
      }),
    );
  });
});
