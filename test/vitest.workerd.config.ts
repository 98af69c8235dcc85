import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Codecs and doors: the rest of the core is arithmetic, which one engine does as the other. */
const BYTES = [
  "test/core/zones.test.ts",
  "test/core/wire/**/*.test.ts",
  "test/core/audio/{chunk,speech,segment,ogg,ogg-stream,ogg-reader,track,fragment}.test.ts",
];

/** In workerd: what of the core is bytes and texts once more, on the engine that runs it, and all that is Durable-Object-shaped. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: {
          OPEN_CREATE: "1",
          FAN_OUT: "4",
          LISTENERS_PER_LEAF: "64",
          INITIAL_LEAVES: "20",
          SUMMARY_SECONDS: "0",
          RECORDINGS: "sqlite",
        },
      },
    }),
  ],
  test: {
    include: [...BYTES, "test/objects/**/*.test.ts", "test/edge/**/*.test.ts", "test/contract/workerd.test.ts"],
    // Most of it waits: with one file at a time, which is Vitest's own choice for two cores, they would be half idle.
    maxWorkers: 2,
    testTimeout: 60_000,
    silent: "passed-only",
    server: { deps: { inline: ["itty-durable"] } },
  },
});
