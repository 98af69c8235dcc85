import type { en } from "./en/en.ts";
import type { Language } from "./language.ts";

/** Every word that pages say, in one language. English is the measure: what another language lacks fails the build. */
export type Words = Omit<typeof en, "language"> & { readonly language: Language };
