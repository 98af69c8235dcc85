import { defineConfig } from "vitest/config";

/** What is pure, in Node: the core, the engines of the pages, and the shape of the house. */
export default defineConfig({
  test: {
    include: [
      "test/*.test.ts",
      "test/core/**/*.test.ts",
      "test/sim/**/*.test.ts",
      "test/contract/sim.test.ts",
      "test/browser/unit/**/*.test.ts",
    ],
    // Nothing here measures time: every core may be full. By itself Vitest leaves one out.
    maxWorkers: "100%",
    testTimeout: 60_000,
  },
});
