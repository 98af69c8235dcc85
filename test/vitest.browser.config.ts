import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** End to end in a real Chromium, on a real server: one file at a time, because both want the machine to themselves. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, ".."),
    include: ["test/browser/*.test.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
