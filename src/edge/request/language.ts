import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { type Language, languageFor, languageIn } from "../../core/say/language.ts";
import { type Words, wordsOf } from "../../core/say/words.ts";

/** Where a browser keeps the language that was chosen in a page's footer. */
const COOKIE = "canopy-language";
/** For a year, in seconds. */
const COOKIE_SECONDS = 31_536_000;

/** The words in which whoever asks is answered: as chosen in a footer, else as his browser prefers. */
export function wordsFor(c: Context): Words {
  return wordsOf(asked(c) ?? languageIn(getCookie(c, COOKIE)) ?? languageFor(c.req.header("accept-language")));
}

/** `?lang=fr` on a page: remembers it, and comes back to the page's own address, which is the same in every language. */
export const switchLanguage: MiddlewareHandler = async (c, next) => {
  const language = asked(c);
  if (language !== undefined) {
    setCookie(c, COOKIE, language, { path: "/", maxAge: COOKIE_SECONDS, sameSite: "Lax", httpOnly: true });
    return c.redirect(c.req.path, 303);
  }
  await next();
  c.header("Content-Language", wordsFor(c).language);
  c.header("Vary", "Accept-Language, Cookie", { append: true });
  return undefined;
};

function asked(c: Context): Language | undefined {
  return languageIn(c.req.query("lang"));
}
