import { Layout, NeedsScript } from "./layout.tsx";

export type HomeProps = {
  /** True where anybody may make a room; else the form asks for the deployment's create key. */
  readonly openCreate: boolean;
};

/** `/`: what this is, and a room in one step. */
export function HomePage({ openCreate }: HomeProps) {
  return (
    <Layout title="Canopy — live audio rooms" description="Speak in your browser; any number of people hear you live." island="home">
      <section class="hero">
        <h1>Speak. Everybody hears you.</h1>
        <p class="lead">
          A live audio room in your browser. You talk, people open a link and listen, a second later and without an account. It holds three
          people or a crowd.
        </p>
      </section>
      <div data-island="home">
        <form class="card stack" data-part="form">
          <h2>Make a room</h2>
          <label class="field">
            <span>What is it about?</span>
            <input name="title" required maxlength={120} autocomplete="off" placeholder="Evening talk" />
          </label>
          <label class="field">
            <span>
              Name in the link <em>optional</em>
            </span>
            <input
              name="room"
              minlength={3}
              maxlength={64}
              pattern="[a-z0-9\-]{3,64}"
              title="3 to 64 small letters, digits or hyphens"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              placeholder="evening-talk"
            />
          </label>
          <label class="field" data-part="key-field" hidden={openCreate}>
            <span>Create key</span>
            <input name="key" type="password" autocomplete="off" />
            <small>Whoever runs this server set it; they can tell you.</small>
          </label>
          <label class="check">
            <input type="checkbox" name="listed" />
            <span>Show it to visitors of this page</span>
          </label>
          <p class="note warn" data-part="problem" role="alert" hidden />
          <button class="primary" type="submit" data-part="create" disabled>
            Make the room
          </button>
          <NeedsScript what="Making a room" />
        </form>
        <section class="card stack" data-part="made" hidden tabindex={-1} aria-labelledby="made-title">
          <h2 id="made-title">Your room is ready</h2>
          <div class="field">
            <span id="listener-link">Link for listeners</span>
            <div class="copy">
              <output data-part="page-url" aria-labelledby="listener-link" />
              <button type="button" data-part="copy-page">
                Copy
              </button>
            </div>
          </div>
          <div class="field">
            <span id="host-link">Your host link</span>
            <div class="copy">
              <output data-part="broadcast-url" aria-labelledby="host-link" />
              <button type="button" data-part="copy-broadcast">
                Copy
              </button>
            </div>
            <small>Whoever has this link is the host. Keep it to yourself, and keep it: it is shown only now.</small>
          </div>
          <a class="button primary" data-part="open-studio" href="/">
            Open the studio
          </a>
        </section>
      </div>
      <section class="stack" data-part="lobby" hidden>
        <h2>Open rooms</h2>
        <ul class="rooms" data-part="rooms" />
      </section>
      <ul class="facts">
        <li>
          <b>Live.</b> From your mouth to every ear in well under a second.
        </li>
        <li>
          <b>Steady.</b> A lost connection comes back by itself and misses nothing.
        </li>
        <li>
          <b>Yours.</b> It runs on your own Cloudflare account or your own machine.
        </li>
      </ul>
    </Layout>
  );
}
