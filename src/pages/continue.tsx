import type { Words } from "../core/say/words.ts";
import { Layout, NeedsScript } from "./layout.tsx";

export type ContinueProps = { readonly words: Words; readonly room: string; readonly title: string };

/** `/rooms/:room/continue`: for who would go on with the room's audience. Whether he may is in his ticket, which never reaches the server here. */
export function ContinuePage({ words, room, title }: ContinueProps) {
  const say = words.rescue;
  return (
    <Layout words={words} title={say.pageTitle(title)} description={say.description(title)} island="continue">
      <div class="rescue stack" data-island="continue" data-room={room}>
        <p class="badges">
          <span class="tag">{say.link}</span>
        </p>
        <h1 dir="auto">{title}</h1>
        <p class="status" data-part="status" role="status" aria-live="polite">
          {say.looking}
        </p>
        <p class="note warn" data-part="problem" role="alert" hidden />
        <p class="row" data-part="reopen" hidden>
          <button type="button" class="primary" data-part="studio">
            {say.openStudio}
          </button>
        </p>
        <p class="row" data-part="to-room" hidden>
          <a class="button" data-part="listen" href={`/rooms/${room}`}>
            {say.listen}
          </a>
        </p>
        <p class="row" data-part="retry" hidden>
          <button type="button" data-part="again">
            {say.again}
          </button>
        </p>
        <section class="card stack" data-part="offer" aria-labelledby="offer-title" hidden>
          <h2 id="offer-title">{say.title}</h2>
          <ul class="effects">
            {say.effects.map((effect) => (
              <li>{effect}</li>
            ))}
          </ul>
          <button type="button" class="primary" data-part="take">
            {say.take}
          </button>
        </section>
        <section class="stack" data-part="later" hidden>
          <small>{say.notNow}</small>
          <p class="row">
            <button type="button" data-part="keep">
              {say.keep}
            </button>
          </p>
        </section>
        <NeedsScript words={words} what={say.needs} />
      </div>
    </Layout>
  );
}
