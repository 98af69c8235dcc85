import { raw } from "hono/html";

/** The pages' own drawings, 24 × 24; the reactions bear their own names. Filled with the text's colour, but for what `stroke` names. */
const DRAWN = {
  leaf: '<path d="M12 2c6 3.2 8.6 7.4 8 12.2-.5 4-3.4 6.6-7 7.1V12h-2v9.3c-3.6-.5-6.5-3.1-7-7.1C3.4 9.4 6 5.2 12 2Z"/>',
  play: '<path d="M8 5.2v13.6l11-6.8Z"/>',
  pause: '<path d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z"/>',
  mic: '<path d="M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Zm-6.2 8h2a4.2 4.2 0 0 0 8.4 0h2a6.2 6.2 0 0 1-5.2 6.1V21h-2v-3.9A6.2 6.2 0 0 1 5.8 11Z"/>',
  "mic-off":
    '<path d="M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Zm-6.2 8h2a4.2 4.2 0 0 0 8.4 0h2a6.2 6.2 0 0 1-5.2 6.1V21h-2v-3.9A6.2 6.2 0 0 1 5.8 11Z" opacity=".55"/><path d="m3.4 4.8 1.4-1.4 15.8 15.8-1.4 1.4Z"/>',
  sound: '<path d="M4 9v6h4l5 4.2V4.8L8 9Zm11.5-1v8a4.2 4.2 0 0 0 0-8Z"/>',
  "sound-off": '<path d="M4 9v6h4l5 4.2V4.8L8 9Z" opacity=".55"/><path d="m3.4 4.8 1.4-1.4 15.8 15.8-1.4 1.4Z"/>',
  hand: '<path d="M7 13V6.2a1.3 1.3 0 0 1 2.6 0V11h.6V4.3a1.3 1.3 0 0 1 2.6 0V11h.6V5.2a1.3 1.3 0 0 1 2.6 0V12h.6V8a1.3 1.3 0 0 1 2.6 0v7.6c0 3.3-2.4 5.9-5.6 5.9h-1c-2 0-3.6-.9-4.7-2.5l-3.5-5.2a1.4 1.4 0 0 1 2.2-1.7Z"/>',
  ask: '<path fill-rule="evenodd" d="M4.5 4h15A1.5 1.5 0 0 1 21 5.5v10a1.5 1.5 0 0 1-1.5 1.5H12l-5 4v-4H4.5A1.5 1.5 0 0 1 3 15.5v-10A1.5 1.5 0 0 1 4.5 4ZM7 8v1.7h10V8Zm0 3.6v1.7h6.5v-1.7Z"/>',
  share: '<path class="stroke" d="M12 15V3.5M7.5 7.5 12 3l4.5 4.5M5 12v7.5h14V12"/>',
  down: '<path class="stroke" d="M12 4v14M6 12.5l6 6 6-6"/>',
  more: '<path d="M5 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Zm7 0a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Zm7 0a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z"/>',
  close: '<path class="stroke" d="m6 6 12 12M18 6 6 18"/>',
  lock: '<path fill-rule="evenodd" d="M7 10V8a5 5 0 0 1 10 0v2h1.5v11h-13V10Zm2 0h6V8a3 3 0 0 0-6 0Z"/>',
  back: '<path class="stroke" d="m11 6.5-6 5.5 6 5.5M19 6.5 13 12l6 5.5"/>',
  forward: '<path class="stroke" d="m13 6.5 6 5.5-6 5.5M5 6.5 11 12l-6 5.5"/>',
  calendar: '<path class="stroke" d="M4.5 6h15v14h-15ZM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4"/>',
  link: '<path class="stroke" d="M10 14a4.2 4.2 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1.2 1.2M14 10a4.2 4.2 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1.2-1.2"/>',
  download: '<path class="stroke" d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>',
  clap: '<path d="m9.3 20.9-4.6-4.6a3 3 0 0 1-.5-3.5L6 9.4a1.1 1.1 0 0 1 2 1l-.5 1.3 5.3-5.3a1.1 1.1 0 0 1 1.6 1.6l-3.3 3.3.4.4 4.5-4.5a1.1 1.1 0 0 1 1.6 1.6L13 13.3l.4.4 3.9-3.9a1.1 1.1 0 0 1 1.6 1.6L15 15.3l.4.4 2.5-2.5a1.1 1.1 0 0 1 1.6 1.6l-5.6 5.7a3.3 3.3 0 0 1-4.6.4Z"/><path class="stroke thin" d="M9.5 2.5v2.7M5.3 3.9 6.6 6M13.7 2.9 12.5 5"/>',
  heart: '<path d="M12 20.6 4.2 12.9a4.9 4.9 0 0 1 6.9-6.9l.9.9.9-.9a4.9 4.9 0 0 1 6.9 6.9Z"/>',
  laugh:
    '<path fill-rule="evenodd" d="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20ZM8.5 7.5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm7 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM6.3 13a5.7 5.7 0 0 0 11.4 0Z"/>',
  wow: '<path fill-rule="evenodd" d="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20ZM8.5 7a1.6 1.6 0 1 0 0 3.2A1.6 1.6 0 0 0 8.5 7Zm7 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM12 12.4a2.7 3.1 0 1 0 0 6.2 2.7 3.1 0 0 0 0-6.2Z"/>',
  yes: '<path d="M3 10.5h3.6V21H3Zm5.2 0 3.9-7.7a2.3 2.3 0 0 1 2.5 2.7L14 9.3h5.1a2 2 0 0 1 2 2.4l-1.5 7.6a2 2 0 0 1-2 1.7H8.2Z"/>',
  no: '<path transform="rotate(180 12 12)" d="M3 10.5h3.6V21H3Zm5.2 0 3.9-7.7a2.3 2.3 0 0 1 2.5 2.7L14 9.3h5.1a2 2 0 0 1 2 2.4l-1.5 7.6a2 2 0 0 1-2 1.7H8.2Z"/>',
} as const;

export type IconName = keyof typeof DRAWN;

/** All drawings, once per page; `Icon` here and `icon` in the browser point to them. */
export function Icons() {
  const symbols = Object.entries(DRAWN).map(([name, drawn]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${drawn}</symbol>`);
  return (
    <svg width="0" height="0" class="sr" aria-hidden="true">
      {raw(symbols.join(""))}
    </svg>
  );
}

/** One drawing; it says nothing to a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}
