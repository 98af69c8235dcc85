import { SAMPLE_RATE_HZ } from "../../core/audio/format.ts";

/** A file is decoded as a whole: larger ones would not fit a phone's memory. In bytes. */
const MAX_FILE_BYTES = 40_000_000;
/** The same for what comes out of it, in seconds: 10 minutes take 115 MB. */
const MAX_FILE_SECONDS = 600;

/** A sound file that is mixed into what is said. */
export type FileSound = { readonly name: string; readonly playing: boolean; readonly volume: number; readonly lengthMs: number };

/** Why something could not be mixed in: ten minutes are the most for a file; a tab was chosen without its sound. */
export type SideFault = "file-too-long" | "file-unplayable" | "tab-soundless" | "tab-unsupported";

/** What is mixed in, as far as there is any (a tab by its name); and why the last try to add something failed. */
export type SideNews = {
  readonly file?: FileSound | undefined;
  readonly tab?: string | undefined;
  readonly sideFault?: SideFault | undefined;
};

/** Where sounds are mixed in: the graph of an open microphone. */
export type Mouth = { readonly context: AudioContext; add(node: AudioNode): void };

/** Jingles and remote guests: a sound file and a browser tab, mixed into what the microphone hears before anything is encoded. */
export class SideSounds {
  readonly #onChange: (news: SideNews) => void;
  #mouth: Mouth | undefined;
  #buffer: AudioBuffer | undefined;
  #file: FileSound | undefined;
  #playing: { readonly source: AudioBufferSourceNode; readonly gain: GainNode } | undefined;
  #tab: MediaStream | undefined;

  constructor(onChange: (news: SideNews) => void) {
    this.#onChange = onChange;
  }

  /** True while anything may sound: then all of it is sent, and nothing is taken for noise. */
  get sounding(): boolean {
    return this.#file?.playing === true || this.#tab !== undefined;
  }

  /** A microphone was opened, or closed: what plays from a file stops with the one before, a tab goes on in the new one. */
  attach(mouth: Mouth | undefined): void {
    this.stop();
    this.#mouth = mouth;
    this.#joinTab();
  }

  /** Takes a file of any kind that the browser can play; `play` starts it. */
  async choose(file: File): Promise<void> {
    this.stop();
    try {
      if (file.size > MAX_FILE_BYTES) throw new RangeError("too large");
      const buffer = await new OfflineAudioContext(1, 1, SAMPLE_RATE_HZ).decodeAudioData(await file.arrayBuffer());
      if (buffer.duration > MAX_FILE_SECONDS) throw new RangeError("too long");
      this.#buffer = buffer;
      const lengthMs = Math.round(buffer.duration * 1_000);
      this.#tell({ name: file.name, playing: false, volume: this.#file?.volume ?? 1, lengthMs });
      this.#onChange({ sideFault: undefined });
    } catch (fault) {
      this.#onChange({ sideFault: fault instanceof RangeError ? "file-too-long" : "file-unplayable" });
    }
  }

  /** Plays the file from its start; needs an open microphone, or `silent` in its place. */
  play(): void {
    this.stop();
    const mouth = this.#mouth;
    if (mouth === undefined || this.#buffer === undefined || this.#file === undefined) return;
    const source = new AudioBufferSourceNode(mouth.context, { buffer: this.#buffer });
    const gain = new GainNode(mouth.context, { gain: this.#file.volume });
    source.connect(gain);
    mouth.add(gain);
    // Who plays it wants to hear it, too.
    gain.connect(mouth.context.destination);
    source.onended = () => this.#playing?.source === source && this.stop();
    source.start();
    this.#playing = { source, gain };
    this.#tell({ ...this.#file, playing: true });
  }

  stop(): void {
    const playing = this.#playing;
    this.#playing = undefined;
    playing?.source.stop();
    playing?.gain.disconnect();
    if (this.#file?.playing === true) this.#tell({ ...this.#file, playing: false });
  }

  /** @param volume of the file: 0 silent, 1 as it is */
  set volume(volume: number) {
    if (this.#file === undefined) return;
    this.#playing?.gain.gain.setTargetAtTime(volume, this.#playing.gain.context.currentTime, 0.015);
    this.#tell({ ...this.#file, volume });
  }

  /** Asks for a browser tab and mixes its sound in, until it is closed or `closeTab`. Call it from a click. */
  async openTab(): Promise<void> {
    this.closeTab();
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(TAB);
      const track = stream.getAudioTracks()[0];
      if (track === undefined) {
        for (const other of stream.getTracks()) other.stop();
        this.#onChange({ sideFault: "tab-soundless" });
        return;
      }
      this.#tab = stream;
      track.onended = () => this.closeTab();
      this.#joinTab();
      this.#onChange({ tab: track.label, sideFault: undefined });
    } catch (fault) {
      // Who closes the browser's question wanted nothing.
      const no = fault instanceof DOMException && fault.name === "NotAllowedError";
      if (!no) this.#onChange({ sideFault: "tab-unsupported" });
    }
  }

  closeTab(): void {
    for (const track of this.#tab?.getTracks() ?? []) track.stop();
    if (this.#tab !== undefined) this.#onChange({ tab: undefined });
    this.#tab = undefined;
  }

  close(): void {
    this.closeTab();
    this.attach(undefined);
  }

  #joinTab(): void {
    if (this.#tab === undefined || this.#mouth === undefined) return;
    this.#mouth.add(new MediaStreamAudioSourceNode(this.#mouth.context, { mediaStream: new MediaStream(this.#tab.getAudioTracks()) }));
  }

  #tell(file: FileSound): void {
    this.#file = file;
    this.#onChange({ file });
  }
}

/** Fields of the Screen Capture API that TypeScript's library does not know yet: without this very tab, which would hear itself. */
type TabOptions = DisplayMediaStreamOptions & { readonly selfBrowserSurface: "exclude"; readonly systemAudio: "exclude" };

/** Browsers give no sound without a picture: as small and as seldom as possible. */
const TAB: TabOptions = {
  video: { width: 16, height: 16, frameRate: 1 },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  selfBrowserSurface: "exclude",
  systemAudio: "exclude",
};
