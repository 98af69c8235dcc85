import type { Child } from "hono/jsx";
import { LANGUAGES } from "../core/say/language.ts";
import { type Words, wordsOf } from "../core/say/words.ts";
import { Icon, Icons } from "./icons.tsx";

export type LayoutProps = {
  readonly words: Words;
  readonly title: string;
  readonly description: string;
  /** Name of the island's script under /assets, without .js; none for a page that only says something. */
  readonly island?: "home" | "listener" | "broadcast" | "continue" | "embed" | "replay" | "evening" | "api";
  /** The page's own address, for cards that other places show of it; none for pages that nobody shares. */
  readonly address?: string;
  /** Buttons in the page's head. */
  readonly actions?: Child;
  /** Without head and foot, for a frame in somebody else's page. */
  readonly bare?: true;
  readonly children: Child;
};

/** The document around every page: one stylesheet, at most one script, nothing from anywhere else. */
export function Layout({ words, title, description, island, address, actions, bare, children }: LayoutProps) {
  return (
    <html lang={words.language} class={bare && "bare"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>{title}</title>
        <meta name="description" content={description} />
        {address !== undefined && <Card words={words} title={title} description={description} address={address} />}
        <meta name="theme-color" content="#f6f3ec" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#12180f" media="(prefers-color-scheme: dark)" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/assets/icon-192.png" />
        <link rel="manifest" href="/assets/canopy.webmanifest" />
        <link rel="stylesheet" href="/assets/style.css" />
        {island !== undefined && <script type="module" src={`/assets/${island}.js`} />}
      </head>
      <body>
        <Icons />
        {bare !== true && <Head words={words} actions={actions} />}
        <main id="content">{children}</main>
        {bare !== true && <Foot words={words} />}
      </body>
    </html>
  );
}

/** What others show of the page: messengers, mail, social networks (ogp.me). */
function Card({ words, title, description, address }: Pick<LayoutProps, "words" | "title" | "description"> & { readonly address: string }) {
  return (
    <>
      <link rel="canonical" href={address} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Canopy" />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={address} />
      <meta property="og:locale" content={words.language} />
      <meta property="og:image" content={new URL("/assets/card.png", address).href} />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta property="og:image:alt" content={words.welcome.title} />
      <meta name="twitter:card" content="summary_large_image" />
    </>
  );
}

function Head({ words, actions }: Pick<LayoutProps, "words" | "actions">) {
  return (
    <header class="top">
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <a class="brand" href="/" aria-label={words.home}>
        <Icon name="leaf" />
        Canopy
      </a>
      {actions}
    </header>
  );
}

/** Chooses the language; the page comes back in it at its own address. */
function Foot({ words }: Pick<LayoutProps, "words">) {
  return (
    <footer class="foot">
      <nav aria-label={words.languages}>
        {LANGUAGES.map((language) => (
          <a
            href={`?lang=${language}`}
            lang={language}
            hreflang={language}
            rel="nofollow"
            aria-current={language === words.language ? "true" : undefined}
          >
            {wordsOf(language).itself}
          </a>
        ))}
      </nav>
    </footer>
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
