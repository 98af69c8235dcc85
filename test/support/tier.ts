/** True in the long tier (`npm run test:long`, part of .ci/run): there is time for what takes long. */
export const LONG = process.env["CANOPY_LONG"] === "1";
