import { describe, expect, it } from "vitest";
import { parseRoomId, roomNameFrom } from "../../src/core/ids.ts";

describe("a room's name, as people write it,", () => {
  it.each([
    ["Night walk", "night-walk"],
    ["  Fête d’été !", "fete-d-ete"],
    ["night-walk", "night-walk"],
    ["a--b", "a-b"],
    ["Straße 9", "stra-e-9"],
    ["夜", ""],
    ["", ""],
  ])("“%s” becomes “%s”", (written, name) => expect(roomNameFrom(written)).toBe(name));

  it("once made to one, is left as it is", () => {
    expect(roomNameFrom(roomNameFrom("Ça va, Ó Briain?"))).toBe("ca-va-o-briain");
    expect(parseRoomId(roomNameFrom("Ça va, Ó Briain?"))).toBe("ca-va-o-briain");
  });
});
