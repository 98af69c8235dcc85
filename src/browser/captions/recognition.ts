import type { Recognizer, RecognizerClass } from "./recognizer.ts";
import type { Understood } from "./spoken-lines.ts";

/** A session that ends by itself is followed by the next after so long, in ms; by twice as long each time if it ended at once. */
const AGAIN_MS = 250;
const LONGEST_AGAIN_MS = 8_000;
/** What ended sooner than this, in ms, ended at once. */
const AT_ONCE_MS = 2_000;
/** A language that has not been fetched by then, in ms, is not waited for. */
const INSTALL_MS = 180_000;

/**
 * off; checking: whether the device can do it; installing: the device fetches the language; consent: only a service on the network can, and
 * nothing goes there before `accept`; ready: it could listen at once; listening; fault: it will not by itself.
 */
export type RecognitionPhase = "off" | "checking" | "installing" | "consent" | "ready" | "listening" | "fault";

/** Why nothing is recognized. Of `network`, `no-speech` and `audio-capture` it may recover by itself. */
export type RecognitionFault = "unsupported" | "not-allowed" | "language-not-supported" | "network" | "no-speech" | "audio-capture";

export type RecognitionState = {
  readonly phase: RecognitionPhase;
  /** Where what is said goes to: nowhere, or to the service of the browser's maker. */
  readonly where: "device" | "service" | undefined;
  readonly why: RecognitionFault | undefined;
};

/** What it tells its owner. */
export type RecognitionTells = {
  understood(said: Understood): void;
  /** A session ended: what was not certain will not become so. */
  ended(): void;
  /** `state` is another. */
  changed(): void;
};

const OFF: RecognitionState = { phase: "off", where: undefined, why: undefined };

/**
 * Recognizes what one speaker says: on the device if it can, else by the browser's service if the speaker accepts that. A recognizer hears only
 * between `listen` and `rest`; browsers end its sessions after a while of their own, and it is begun anew each time.
 */
export class Recognition {
  readonly #make: RecognizerClass | undefined;
  readonly #tells: RecognitionTells;
  #state = OFF;
  #language = "";
  /** Which `enable` this is: what an older one still waits for changes nothing. */
  #run = 0;
  #consented = false;
  #track: MediaStreamTrack | undefined;
  #wanted = false;
  #session: Recognizer | undefined;
  #beganAt = 0;
  #againMs = AGAIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param make the browser's recognizer (recognizerIn) */
  constructor(make: RecognizerClass | undefined, tells: RecognitionTells) {
    this.#make = make;
    this.#tells = tells;
  }

  get state(): RecognitionState {
    return this.#state;
  }

  /**
   * Makes ready for a language, and goes on listening in it if it was.
   *
   * @param language BCP 47
   * @param consented the speaker has accepted before that his voice goes to the browser's service
   */
  async enable(language: string, consented: boolean): Promise<void> {
    const run = ++this.#run;
    this.#end();
    this.#language = language;
    this.#consented = consented;
    if (this.#make === undefined) return this.#set({ phase: "fault", where: undefined, why: "unsupported" });
    this.#set({ phase: "checking", where: undefined, why: undefined });
    const onDevice = await this.#isOnDevice(this.#make, run);
    if (run !== this.#run) return;
    if (onDevice) this.#ready("device");
    else this.#fallBack();
  }

  /** The speaker accepts that his voice goes to the browser's service. */
  accept(): void {
    if (this.#state.phase !== "consent") return;
    this.#consented = true;
    this.#ready("service");
  }

  disable(): void {
    this.#run++;
    this.#wanted = false;
    this.#end();
    this.#set(OFF);
  }

  /** Hears what is said from now on, as soon as it is ready. @param track the microphone; where it is left out, the browser's own choice */
  listen(track: MediaStreamTrack | undefined): void {
    const isOther = track !== this.#track;
    this.#track = track;
    if (this.#wanted && !isOther) return;
    this.#wanted = true;
    if (this.#state.phase !== "ready" && this.#state.phase !== "listening") return;
    this.#end();
    this.#begin();
  }

  /** Hears nothing from now on; what was said before is still understood. */
  rest(): void {
    this.#wanted = false;
    if (this.#state.phase !== "listening") return;
    clearTimeout(this.#timer);
    this.#session?.stop();
    this.#set({ ...this.#state, phase: "ready", why: undefined });
  }

  async #isOnDevice(make: RecognizerClass, run: number): Promise<boolean> {
    const wanted = { langs: [this.#language], processLocally: true } as const;
    // What only a service knows is no fault, and neither is a browser that is older than the question.
    const found = await make.available?.(wanted).catch(() => "unavailable" as const);
    if (found === "available") return true;
    if (run !== this.#run || (found !== "downloadable" && found !== "downloading")) return false;
    this.#set({ phase: "installing", where: "device", why: undefined });
    const late = new Promise<false>((tooLate) => setTimeout(tooLate, INSTALL_MS, false));
    const installed = make.install?.(wanted).catch(() => false) ?? false;
    return Promise.race([installed, late]);
  }

  #ready(where: "device" | "service"): void {
    this.#againMs = AGAIN_MS;
    this.#set({ phase: "ready", where, why: undefined });
    if (this.#wanted) this.#begin();
  }

  /** The device cannot: the service may, if the speaker wants that. */
  #fallBack(): void {
    if (this.#consented) this.#ready("service");
    else this.#set({ phase: "consent", where: "service", why: undefined });
  }

  #begin(): void {
    if (this.#make === undefined) return;
    const session = new this.#make();
    this.#session = session;
    this.#beganAt = Date.now();
    session.continuous = true;
    session.interimResults = true;
    session.maxAlternatives = 1;
    session.lang = this.#language;
    if (this.#state.where === "device") session.processLocally = true;
    let taken = 0;
    session.onresult = ({ results }) => {
      const all = Array.from({ length: results.length }, (_, index) => results[index]);
      const finals = all.slice(taken).filter((result) => result?.isFinal === true);
      taken += finals.length;
      const open = all.slice(taken).filter((result) => result?.isFinal === false);
      const textOf = (result: SpeechRecognitionResult | undefined) => result?.[0]?.transcript ?? "";
      if (this.#state.why !== undefined) this.#set({ ...this.#state, why: undefined });
      this.#tells.understood({ finals: finals.map(textOf), interim: open.map(textOf).join(" ") });
    };
    session.onerror = ({ error }) => this.#failed(error);
    session.onend = () => this.#ended(session);
    this.#set({ ...this.#state, phase: "listening" });
    try {
      // A browser that does not know the argument passes it over, and hears its own choice of a microphone.
      session.start(this.#track);
    } catch {
      this.#failed("audio-capture");
      this.#ended(session);
    }
  }

  #failed(error: SpeechRecognitionErrorCode): void {
    switch (error) {
      case "no-speech":
      case "network":
      case "audio-capture":
        this.#set({ ...this.#state, why: error });
        return;
      case "not-allowed":
      case "service-not-allowed":
      case "language-not-supported": {
        this.#end();
        if (this.#state.where === "device" && error !== "not-allowed") return this.#fallBack();
        const why = error === "language-not-supported" ? error : "not-allowed";
        return this.#set({ phase: "fault", where: this.#state.where, why });
      }
      // aborted, and what only grammars can suffer: the next session begins anew.
      default:
        return;
    }
  }

  #ended(session: Recognizer): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#tells.ended();
    if (!this.#wanted || this.#state.phase !== "listening") return;
    const atOnce = Date.now() - this.#beganAt < AT_ONCE_MS;
    this.#againMs = atOnce ? Math.min(LONGEST_AGAIN_MS, this.#againMs * 2) : AGAIN_MS;
    this.#timer = setTimeout(() => this.#begin(), this.#againMs);
  }

  /** Whatever is heard at the moment is heard no more. */
  #end(): void {
    clearTimeout(this.#timer);
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.onresult = null;
    session.onerror = null;
    session.onend = null;
    session.abort();
    this.#tells.ended();
  }

  #set(state: RecognitionState): void {
    this.#state = state;
    this.#tells.changed();
  }
}
