import { routePartykitRequest, Server } from "partyserver";
import { PeerClock } from "../peer-clock.ts";

/** The bindings of this worker. */
type Env = { readonly PARTY: DurableObjectNamespace<Party>; readonly CHUNK_MS: string; readonly BUNDLE: string };

/** A room as one builds it with partyserver: whoever connects is in it, and its object broadcasts. Any plain request starts the sound. */
export class Party extends Server<Env> {
  readonly #clock = new PeerClock({ chunkMs: Number(this.env.CHUNK_MS), bundle: Number(this.env.BUNDLE) }, (message) =>
    this.broadcast(message),
  );

  override onRequest(): Response {
    this.#clock.start();
    return new Response("on air");
  }
}

export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response("canopy's bench", { status: 200 });
  },
} satisfies ExportedHandler<Env>;
