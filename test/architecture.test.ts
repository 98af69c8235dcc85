import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");

/** Who may import whom: a folder sees itself and the folders named after it. */
const SEES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  objects: ["core"],
  edge: ["core", "objects", "pages"],
  pages: ["core"],
  browser: ["core"],
  sim: ["core"],
  cli: ["core", "sim"],
  "worker.ts": ["edge", "objects"],
};

/** The order inside core: what a room is made of does not know how it is spelled on the wire. */
const CORE_SEES: Readonly<Record<string, readonly string[]>> = {
  audio: [],
  tree: ["audio"],
  room: ["audio"],
  wire: ["audio", "tree", "room"],
  say: ["audio", "tree", "room", "wire"],
};

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

it("imports flow one way", () => {
  for (const [file, targets] of imports) {
    const layer = file.split("/")[0] ?? "";
    for (const target of targets) {
      expect([layer, ...(SEES[layer] ?? [])], `${file} imports ${target}`).toContain(target.split("/")[0] ?? "");
    }
  }
});

it("inside the core, audio, room and tree do not know the wire", () => {
  for (const [file, targets] of imports) {
    const [layer, part = "", name] = file.split("/");
    if (layer !== "core" || name === undefined) continue;
    for (const target of targets) {
      const [, otherPart = "", otherName] = target.split("/");
      // What stands directly in core (ids, backoff, …) is everybody's.
      if (otherName !== undefined) expect([part, ...(CORE_SEES[part] ?? [])], `${file} imports ${target}`).toContain(otherPart);
    }
  }
});

it("no file imports itself, through others", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    expect(path, `cycle through ${file}`).not.toContain(file);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

it("of folders that stand side by side, none sees itself through others", () => {
  const sees = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    for (const target of targets) {
      const [from, to] = [file.split("/"), target.split("/")];
      const shared = from.findIndex((name, at) => name !== to[at]);
      if (from.length - shared < 2 || to.length - shared < 2) continue;
      const folder = from.slice(0, shared + 1).join("/");
      sees.set(folder, (sees.get(folder) ?? new Set()).add(to.slice(0, shared + 1).join("/")));
    }
  }
  const visit = (folder: string, path: readonly string[]): void => {
    expect(path, `cycle through ${folder}`).not.toContain(folder);
    for (const next of sees.get(folder) ?? []) visit(next, [...path, folder]);
  };
  for (const folder of sees.keys()) visit(folder, []);
});

it("the core asks nobody for the time or for luck", () => {
  for (const file of files.filter((name) => name.startsWith("core/"))) {
    expect(readFileSync(join(SRC, file), "utf8"), file).not.toMatch(/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(/);
  }
});

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const found = [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)];
  return found.map((one) => relative(SRC, join(SRC, dirname(file), one[1] ?? "")));
}
