import type { Words } from "../core/say/words.ts";
import { Layout } from "./layout.tsx";

export type ProblemProps = { readonly words: Words; readonly status: number; readonly title: string; readonly detail: string };

/** What people see instead of a page: an unknown or ended room, or a fault. Programs get the same as problem+json. */
export function ProblemPage({ words, status, title, detail }: ProblemProps) {
  return (
    <Layout words={words} title={`${title} — Canopy`} description={detail}>
      <section class="hero problem">
        <p class="count">{status}</p>
        <h1>{title}</h1>
        <p class="lead">{detail}</p>
        <p class="row">
          <a class="button primary" href="/">
            {words.problem.start}
          </a>
        </p>
      </section>
    </Layout>
  );
}
