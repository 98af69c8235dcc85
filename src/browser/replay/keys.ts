/** What keys do to a replay. */
export type KeyDeeds = {
  readonly toggle: () => void;
  readonly by: (ms: number) => void;
  readonly to: (end: "start" | "end") => void;
  readonly faster: (steps: 1 | -1) => void;
  readonly mute: () => void;
};

/** An arrow goes so far, in ms … */
const ARROW_MS = 5_000;
/** … and J or L so far. */
const LETTER_MS = 10_000;

/**
 * Space and the arrows anywhere on the page, where nothing else takes them; letters and signs only from within the player, because people
 * who speak to their computer say letters (WCAG 2.1.4).
 */
export function wireKeys(root: HTMLElement, deeds: KeyDeeds): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    // Whoever types, chooses, or is asked something, means that.
    if (target.closest("dialog, input:not([type=range]), textarea, select, [role=log]") !== null) return;
    const isVolume = target.closest('[data-part="volume-range"]') !== null;
    const deed = deedOf(event.key, target, root, deeds, isVolume);
    if (deed === undefined) return;
    event.preventDefault();
    deed();
  });
}

function deedOf(key: string, target: HTMLElement, root: HTMLElement, deeds: KeyDeeds, isVolume: boolean): (() => void) | undefined {
  const isOnBar = target.dataset["part"] === "seek";
  switch (key) {
    case " ":
      // A focused button takes the space bar itself.
      return target.closest("button, a, summary, input:not([type=range])") === null ? deeds.toggle : undefined;
    case "ArrowLeft":
      return isVolume ? undefined : () => deeds.by(-ARROW_MS);
    case "ArrowRight":
      return isVolume ? undefined : () => deeds.by(ARROW_MS);
    case "ArrowDown":
      return isOnBar ? () => deeds.by(-ARROW_MS) : undefined;
    case "ArrowUp":
      return isOnBar ? () => deeds.by(ARROW_MS) : undefined;
  }
  if (!root.contains(target) || isVolume) return undefined;
  switch (key) {
    case "Home":
      return () => deeds.to("start");
    case "End":
      return () => deeds.to("end");
    case "j":
    case "J":
      return () => deeds.by(-LETTER_MS);
    case "l":
    case "L":
      return () => deeds.by(LETTER_MS);
    case "m":
    case "M":
      return deeds.mute;
    case ",":
    case "<":
      return () => deeds.faster(-1);
    case ".":
    case ">":
      return () => deeds.faster(1);
    default:
      return undefined;
  }
}
