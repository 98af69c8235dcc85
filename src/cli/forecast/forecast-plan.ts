import { type Plan, parsePlan } from "../../core/tree/shape/plan.ts";
import { DEFAULT_REGION } from "../../core/tree/shape/region.ts";

/** The plan of a tree that nobody has planted, for arithmetic: all in one region, which changes no number but a few relays. */
export function plantedPlan(leaves: number, leafListeners: number, fanOut: number): Plan {
  const plan = parsePlan({
    revision: 1,
    audience: "forecast",
    root: "forecast",
    fanOut,
    leafListeners,
    regions: { [DEFAULT_REGION]: { firstOpen: 0, width: leaves } },
    verifyKey: { kty: "OKP", crv: "Ed25519", x: "" },
  });
  if (plan === undefined) throw new Error("a plan for arithmetic is a plan like any other");
  return plan;
}
