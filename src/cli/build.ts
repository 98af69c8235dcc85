import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { Halt, runCommand } from "./problem.ts";

/** The checkout's top folder. */
export const ROOT = resolve(import.meta.dirname, "../..");
/** What ASSETS serves: on Cloudflare, in wrangler dev, and in `npm start`. */
export const ASSETS_ROOT = join(ROOT, "dist/assets-root");
/** The built worker. */
export const WORKER_FILE = join(ROOT, "dist/worker.js");

/** The live part of each page, by the name under which the page asks for it. */
const ISLANDS = ["home", "listener", "broadcast", "continue", "embed", "replay", "evening", "api"];
/** Icons, the card that other sites show of a page, the manifest: served as they are. */
const STATIC = "src/pages/static";
/** Each audio thread is one classic file: `addModule` resolves no imports in every browser. */
const WORKLETS = ["sound/capture", "sound/output", "replay/replay"];
/** What all browsers that can play (WebCodecs or WebAssembly, AudioWorklet) understand. */
const BROWSER_TARGET = "es2022";
/** libopus-wasm asks for this, but only where it finds itself in Node. */
const NOT_FOR_BROWSERS = ["node:*"];

/** Builds what browsers load into dist/assets-root/assets, after clearing it. Takes well below a second. */
export async function buildAssets(): Promise<void> {
  const outdir = join(ASSETS_ROOT, "assets");
  await rm(ASSETS_ROOT, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const common: BuildOptions = {
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    target: BROWSER_TARGET,
    logLevel: "error",
    outdir,
    external: [...NOT_FOR_BROWSERS],
  } as const;
  const islands = ISLANDS.flatMap((name) => sourcesOf(`src/browser/islands/${name}`, ["ts", "tsx"]));
  const worklets = WORKLETS.flatMap((name) => sourcesOf(`src/browser/${name}.worklet`, ["ts"]));
  const styles = sourcesOf("src/pages/style", ["css"]);
  await Promise.all([
    cp(join(ROOT, STATIC), outdir, { recursive: true }),
    build({
      ...common,
      entryPoints: islands,
      entryNames: "[name]",
      chunkNames: "[name]-[hash]",
      format: "esm",
      splitting: true,
      jsx: "automatic",
      // Islands are drawn in the browser; pages are drawn at the edge with hono/jsx itself.
      jsxImportSource: "hono/jsx/dom",
    }),
    build({ ...common, entryPoints: worklets, entryNames: "[name]", format: "iife" }),
    build({ ...common, entryPoints: styles, entryNames: "[name]" }),
  ]);
}

/** Bundles src/worker.ts into one module for `workerd serve`. Not minified: its stack traces are read by people. */
export async function buildWorker(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/worker.ts"],
    outfile: WORKER_FILE,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
  });
}

/** Everything that `npm start` needs. */
export async function buildAll(): Promise<void> {
  await Promise.all([buildAssets(), buildWorker()]);
}

function sourcesOf(stem: string, endings: readonly string[]): string[] {
  const found = endings.map((ending) => `${stem}.${ending}`).filter((path) => existsSync(join(ROOT, path)));
  if (found.length !== 1) throw new Halt(`The build wants exactly one of ${endings.map((ending) => `${stem}.${ending}`).join(", ")}.`);
  return found;
}

if (import.meta.main) {
  const started = performance.now();
  await runCommand(async () => {
    await (process.argv.includes("--assets-only") ? buildAssets() : buildAll());
    console.log(`Built in ${Math.round(performance.now() - started)} ms`);
  });
}
