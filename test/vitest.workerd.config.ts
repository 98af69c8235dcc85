import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** In workerd: the core again, unchanged, and all that is Durable-Object-shaped. */
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
    include: ["test/core/**/*.test.ts", "test/objects/**/*.test.ts", "test/edge/**/*.test.ts", "test/contract/workerd.test.ts"],
    // Most of it waits: with one file at a time, which is Vitest's own choice for two cores, they would be half idle.
    maxWorkers: 2,
    testTimeout: 60_000,
    silent: "passed-only",
    server: { deps: { inline: ["itty-durable"] } },
  },
});
