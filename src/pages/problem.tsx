import type { Words } from "../core/say/words.ts";
import { Layout } from "./layout.tsx";

export type ProblemProps = {
  readonly words: Words;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** In a frame of somebody else's page: there is little room, and no page of ours may follow there. */
  readonly framed?: true | undefined;
};

/** What people see instead of a page: an unknown or ended room, or a fault. Programs get the same as problem+json. */
export function ProblemPage({ words, status, title, detail, framed }: ProblemProps) {
  return (
    <Layout words={words} title={`${title} — Canopy`} description={detail} {...(framed && { bare: framed })}>
      <section class={framed ? "hero" : "hero problem"}>
        {framed ? null : <p class="count">{status}</p>}
        <h1>{title}</h1>
        <p class="lead">{detail}</p>
        {framed ? null : (
          <p class="row">
            <a class="button primary" href="/">
              {words.problem.start}
            </a>
          </p>
        )}
      </section>
    </Layout>
  );
}
