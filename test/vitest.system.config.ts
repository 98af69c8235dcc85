import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The command line against the real server; one file after another, because each of them fills this machine. */
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    name: "system",
    include: ["test/cli/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
