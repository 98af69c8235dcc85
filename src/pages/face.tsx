import type { Role } from "../core/room/roles.ts";
import { initialOf, tintOf } from "../core/say/face.ts";
import type { Words } from "../core/say/words.ts";

/** Someone on stage, as a page shows him before it is connected. */
export type Shown = { readonly name: string; readonly role: Role };

/** A speaker's card, as `browser/listen/faces.ts` goes on with it. */
export function Face({ words, name, role }: Shown & { readonly words: Words }) {
  return (
    <li class="speaker">
      <span class="face" data-tint={tintOf(name)} aria-hidden="true">
        {initialOf(name)}
      </span>
      <b class="name" dir="auto">
        {name}
      </b>
      <small>{words.people.role[role]}</small>
    </li>
  );
}
