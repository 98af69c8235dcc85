import { whenIn } from "../core/say/when.ts";
import type { Words } from "../core/say/words.ts";

/** A room in the lobby, as pages show it. */
export type LobbyRoom = {
  readonly room: string;
  readonly title: string;
  readonly live: boolean;
  readonly listeners: number;
  readonly opensAt?: string;
  readonly timeZone?: string;
};

/** Listed rooms: who is on air, what is announced, and what is open and quiet; nothing where there is none. It is told anew by the page's script. */
export function Lobby({ words, rooms }: { readonly words: Words; readonly rooms: readonly LobbyRoom[] }) {
  const say = words.doors.lobby;
  const groups = [
    ["live", say.live, rooms.filter(({ live }) => live)],
    ["upcoming", say.upcoming, rooms.filter(({ live, opensAt }) => !live && opensAt !== undefined)],
    ["open", say.open, rooms.filter(({ live, opensAt }) => !live && opensAt === undefined)],
  ] as const;
  return (
    <div class="stack" data-part="lobby" hidden={rooms.length === 0}>
      {groups.map(
        ([name, heading, some]) =>
          some.length > 0 && (
            <section class="stack" aria-labelledby={`lobby-${name}`}>
              <h2 id={`lobby-${name}`}>{heading}</h2>
              <ul class="rooms">
                {some.map((one) => (
                  <li>
                    <a href={`/rooms/${one.room}`}>
                      <span class={name} dir="auto">
                        {one.title}
                      </span>
                      <About words={words} {...one} />
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </div>
  );
}

function About({ words, live, listeners, opensAt, timeZone }: Omit<LobbyRoom, "room" | "title"> & { readonly words: Words }) {
  if (live) return <small>{words.people.listening(listeners)}</small>;
  if (opensAt === undefined) return undefined;
  return (
    <small>
      <time datetime={opensAt} data-part="when">
        {whenIn(words.language, Date.parse(opensAt), timeZone)}
      </time>
    </small>
  );
}
