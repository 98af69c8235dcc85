import { describe, expect, it } from "vitest";
import { REFUSALS } from "../../../src/core/room/refusals.ts";
import { LANGUAGES } from "../../../src/core/say/language.ts";
import { wordsOf } from "../../../src/core/say/words.ts";
import { ENDING } from "../../../src/core/wire/ending.ts";
import { PROBLEMS } from "../../../src/edge/request/problem.ts";

/** The texts of a table, by their path; functions by what they say of "7". */
function textsIn(table: unknown, path = ""): [string, string][] {
  if (typeof table === "string") return [[path, table]];
  if (typeof table === "function") return path.endsWith("count") ? [] : [[path, String(table("7", "7"))]];
  if (typeof table !== "object" || table === null) return [];
  return Object.entries(table).flatMap(([name, inner]) => textsIn(inner, `${path}.${name}`));
}

describe.each(LANGUAGES)("the words in %s", (language) => {
  const texts = textsIn(wordsOf(language));

  it("leave nothing out", () => {
    const mayBeEmpty = new Set([".people.state.on-air"]);
    expect(texts.filter(([path, text]) => text.trim() === "" && !mayBeEmpty.has(path))).toEqual([]);
    expect(texts.filter(([, text]) => text.includes("undefined"))).toEqual([]);
  });
});

describe("a French page", () => {
  const { no } = wordsOf("fr");
  it("has a sentence of its own for every problem and every refusal", () => {
    expect([...Object.keys(PROBLEMS), ...Object.keys(REFUSALS)].filter((code) => no.code[code] === undefined)).toEqual([]);
  });

  it("says in English nothing that English pages say", () => {
    const same = new Set(["Pause", "Volume", "Question", "Questions", "Audience", "Oui", "M", "7 minutes"]);
    const english = new Map(textsIn(wordsOf("en")));
    const untranslated = textsIn(wordsOf("fr")).filter(([path, text]) => english.get(path) === text && text.length > 4 && !same.has(text));
    expect(untranslated).toEqual([]);
  });
});

it("an English page ends as the wire's page says", () => {
  const { ending } = wordsOf("en").no;
  for (const [name, { says }] of Object.entries(ENDING))
    if (name !== "diverted") expect(Object.entries(ending)).toContainEqual([name, says]);
});
