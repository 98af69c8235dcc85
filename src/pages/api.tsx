import type { Words } from "../core/say/words.ts";
import { Layout } from "./layout.tsx";

/** One thing that may be asked of the API, as people read it. */
export type Operation = {
  /** Unique on the page. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly about: string | undefined;
  /** What is brought as bearer token; undefined where anybody may. */
  readonly door: string | undefined;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly needed: boolean; readonly says: string }[];
  /** A line for a shell; undefined for what no plain request does. */
  readonly curl: string | undefined;
  readonly answers: readonly { readonly status: string; readonly says: string }[];
  readonly noes: readonly { readonly status: string; readonly codes: string }[];
};

export type ApiProps = {
  readonly words: Words;
  readonly groups: readonly { readonly about: string; readonly operations: readonly Operation[] }[];
};

/** `/api`: the description of the API as a page. Names and sentences of the description itself are English, whatever the page's language. */
export function ApiPage({ words, groups }: ApiProps) {
  const say = words.api;
  return (
    <Layout words={words} title={`${say.title} — Canopy`} description={say.lead} island="api">
      <section class="hero">
        <h1>{say.title}</h1>
        <p class="lead">{say.lead}</p>
        <p>{say.wire}</p>
        <p>
          <a href="/openapi.json">{say.document}</a>
        </p>
        <p class="hint">{say.english}</p>
      </section>
      <div class="api" data-island="api" lang="en">
        {groups.map(({ about, operations }) => (
          <section class="stack">
            <h2>{about}</h2>
            {operations.map((operation) => (
              <One words={words} operation={operation} />
            ))}
          </section>
        ))}
      </div>
    </Layout>
  );
}

function One({ words, operation }: { readonly words: Words; readonly operation: Operation }) {
  const say = words.api;
  const { name, method, path, summary, about, door, fields, curl, answers, noes } = operation;
  return (
    <details class="card operation" id={name}>
      <summary>
        <b class="method">{method}</b> <code>{path}</code>
        <span>{summary}</span>
      </summary>
      <div class="stack">
        {about !== undefined && <p>{about}</p>}
        {curl !== undefined && (
          <div class="curl">
            <pre data-part="curl">{curl}</pre>
            <button type="button" data-part="copy" hidden lang={words.language}>
              {words.copy}
            </button>
          </div>
        )}
        <dl>
          <dt lang={words.language}>{say.door}</dt>
          <dd lang={door === undefined ? words.language : "en"}>{door ?? say.anybody}</dd>
          {fields.length > 0 && (
            <>
              <dt lang={words.language}>{say.fields}</dt>
              {fields.map(({ name: field, type, needed, says }) => (
                <dd>
                  <code>{field}</code> <i>{type}</i>
                  {needed && <em lang={words.language}> {say.needed}</em>} {says}
                </dd>
              ))}
            </>
          )}
          <dt lang={words.language}>{say.answers}</dt>
          {answers.map(({ status, says }) => (
            <dd>
              <code>{status}</code> {says}
            </dd>
          ))}
          <dt lang={words.language}>{say.noes}</dt>
          {noes.map(({ status, codes }) => (
            <dd>
              <code>{status}</code> {codes}
            </dd>
          ))}
        </dl>
      </div>
    </details>
  );
}
