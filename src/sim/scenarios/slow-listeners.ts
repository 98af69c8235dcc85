import type { Scenario } from "../scenario.ts";

/** One listener in ten has a line that is slower than the sound: what waits for him is bounded, and nobody else notices. */
export const slowListeners: Scenario = {
  name: "slow-listeners",
  says: "one listener in ten has a line slower than the sound",
  settings: () => ({ slow: { share: 0.1, kbps: 12 } }),
  stage() {},
};
