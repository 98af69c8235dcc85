import { describe, expect, it } from "vitest";
import { counterIn } from "../../../src/core/say/count.ts";
import { languageFor, languageIn } from "../../../src/core/say/language.ts";

describe("whoever opens a page", () => {
  it.each([
    [undefined, "en"],
    ["", "en"],
    ["fr", "fr"],
    ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"],
    ["de, en;q=0.5, fr;q=0.9", "fr"],
    ["en, fr", "en"],
    ["fr;q=0, de", "en"],
    ["fr;q=none", "en"],
    ["*", "en"],
    ["frisian", "en"],
    [`${"x,".repeat(5_000)}fr`, "en"],
  ])("and prefers %s reads %s", (header, language) => {
    expect(languageFor(header)).toBe(language);
  });

  it("may ask for a language that pages speak, and for no other", () => {
    expect(languageIn("fr")).toBe("fr");
    expect(languageIn("FR-ca")).toBe("fr");
    expect(languageIn("<script>")).toBeUndefined();
  });
});

describe("a number", () => {
  const forms = { one: "# word", other: "# words" };
  it("is counted as its language counts", () => {
    expect([0, 1, 2].map((number) => counterIn("en")(number, forms))).toEqual(["0 words", "1 word", "2 words"]);
    expect([0, 1, 2].map((number) => counterIn("fr")(number, forms))).toEqual(["0 word", "1 word", "2 words"]);
    expect(counterIn("en").plain(12_500)).toBe("12,500");
    expect(counterIn("fr").plain(12_500)).toMatch(/^12\s500$/);
  });
});
