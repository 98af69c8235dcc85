/**
 * What is used of the Web Speech API: no type library of ours has it.
 *
 * https://developer.mozilla.org/docs/Web/API/SpeechRecognition; `available`, `install` and `processLocally` (recognition on the device) and
 * `start(track)` are newer than the rest, and missing in most browsers.
 */
export interface Recognizer {
  continuous: boolean;
  interimResults: boolean;
  maxAlternatives: number;
  lang: string;
  processLocally?: boolean;
  onresult: ((event: SpeechRecognitionEvent) => void) | null;
  onerror: ((event: Pick<SpeechRecognitionErrorEvent, "error">) => void) | null;
  onend: (() => void) | null;
  start(track?: MediaStreamTrack): void;
  stop(): void;
  abort(): void;
}

/** Which language, and that it must be recognized on the device. */
export type OnDevice = { readonly langs: readonly string[]; readonly processLocally: true };

export interface RecognizerClass {
  new (): Recognizer;
  available?(wanted: OnDevice): Promise<"unavailable" | "downloadable" | "downloading" | "available">;
  install?(wanted: OnDevice): Promise<boolean>;
}

/** This browser's recognizer; undefined if it has none. Chrome, Edge and Safari know it by its older name too. */
export function recognizerIn(browser: object): RecognizerClass | undefined {
  const found = browser as { readonly SpeechRecognition?: RecognizerClass; readonly webkitSpeechRecognition?: RecognizerClass };
  return found.SpeechRecognition ?? found.webkitSpeechRecognition;
}
