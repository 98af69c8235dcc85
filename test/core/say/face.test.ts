import { describe, expect, it } from "vitest";
import { initialOf, tintOf } from "../../../src/core/say/face.ts";

describe("a face", () => {
  it("shows what readers take for one sign", () => {
    expect(["ana", " éa", "👩‍👩‍👧 family", "森 の声", ""].map(initialOf)).toEqual(["A", "É", "👩‍👩‍👧", "森", "·"]);
    expect(initialOf("Z\u0310\u0311\u0312\u0313\u0314".repeat(40).replaceAll("Z", "\u0310"))).toBe("·");
  });

  it("has the same tint on every page, one of six", () => {
    expect(tintOf("Ada")).toBe(tintOf("Ada"));
    for (const name of ["", "a", "👩‍👩‍👧", "x".repeat(10_000)]) expect([0, 1, 2, 3, 4, 5]).toContain(tintOf(name));
  });
});
