import type { Child } from "hono/jsx";
import { LANGUAGES } from "../core/say/language.ts";
import { type Words, wordsOf } from "../core/say/words.ts";

export type LayoutProps = {
  readonly words: Words;
  readonly title: string;
  readonly description: string;
  /** Name of the island's script under /assets, without .js; none for a page that only says something. */
  readonly island?: "home" | "listener" | "broadcast";
  readonly children: Child;
};

/** The document around every page: one stylesheet, at most one script, nothing from anywhere else. */
export function Layout({ words, title, description, island, children }: LayoutProps) {
  return (
    <html lang={words.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>{title}</title>
        <meta name="description" content={description} />
        <meta property="og:title" content={title} />
        <meta property="og:description" content={description} />
        <meta name="theme-color" content="#f6f3ec" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#12180f" media="(prefers-color-scheme: dark)" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href="/assets/style.css" />
        {island !== undefined && <script type="module" src={`/assets/${island}.js`} />}
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/" aria-label={words.home}>
            <Leaf />
            Canopy
          </a>
        </header>
        <main>{children}</main>
        <footer class="foot">
          <nav aria-label={words.languages}>
            {LANGUAGES.map((language) => (
              <a
                href={`?lang=${language}`}
                lang={language}
                hreflang={language}
                aria-current={language === words.language ? "true" : undefined}
              >
                {wordsOf(language).itself}
              </a>
            ))}
          </nav>
        </footer>
      </body>
    </html>
  );
}

/** A note for who browses without script: sound needs it. */
export function NeedsScript({ words, what }: { readonly words: Words; readonly what: string }) {
  return (
    <noscript>
      <p class="note warn">{words.needsScript(what)}</p>
    </noscript>
  );
}

function Leaf() {
  return (
    <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
      <path fill="currentColor" d={LEAF} />
    </svg>
  );
}

const LEAF = "M12 2c6 3.2 8.6 7.4 8 12.2-.5 4-3.4 6.6-7 7.1V12h-2v9.3c-3.6-.5-6.5-3.1-7-7.1C3.4 9.4 6 5.2 12 2Z";
const ICON = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#3c7d44" d="${LEAF}"/></svg>`)}`;
