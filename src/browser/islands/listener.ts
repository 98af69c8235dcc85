import type { OnStage } from "../../core/wire/messages.ts";
import { publish } from "../facts.ts";
import { phaseOf, watchRoom } from "../glimpse.ts";
import { type Hearing, isOver } from "../hearing.ts";
import { Listening } from "../listen.ts";
import { LoadFault } from "../load-fault.ts";
import { insecurity, island, oncePerFrame, part, write, writeOrHide } from "../parts.ts";
import { BEHIND_MS, sayHearing, sayMissed } from "../say-hearing.ts";
import { words } from "../words.ts";

/** A ring's level falls by this part per frame when a voice pauses: quick to rise, calm to fall. */
const RING_FALL = 0.88;
/** A voice this loud fills the ring: −16 dBFS. */
const FULL_RMS = 0.15;
/** A notice about missed sound leaves after so long, in ms. */
const NOTICE_MS = 12_000;

const say = words.listener;
const root = island("listener");
const room = root.dataset["room"] ?? "";
const title = root.dataset["title"] ?? "";
const button = part("listen", HTMLButtonElement);
const status = part("status", HTMLElement);
const range = part("volume-range", HTMLInputElement);
const muteButton = part("mute", HTMLButtonElement);
const goLive = part("go-live", HTMLButtonElement);
const speakers = part("speakers", HTMLUListElement);
const levels = new Map<number, number>();
const faces = new Map<number, HTMLElement>();
let muted = false;
let noticed: Pick<Hearing, "missed" | "moved"> = { missed: undefined, moved: undefined };

root.dataset["ready"] = "";
const insecure = insecurity();
if (insecure !== undefined) {
  writeOrHide(part("notice", HTMLElement), insecure);
} else if (root.dataset["phase"] !== "ended") {
  try {
    run();
  } catch (fault) {
    tellFault(fault);
  }
}

function run(): void {
  const draw = oncePerFrame(() => show(listening));
  const first = { phase: phaseOf(root.dataset["phase"]), listeners: undefined };
  const listening = new Listening(room, first, draw, (heard) => {
    for (const { voice, rms } of heard) levels.set(voice, Math.max(levels.get(voice) ?? 0, Math.min(1, rms / FULL_RMS)));
    draw();
  });
  // Loading now saves the wait after the click; a failure is told then.
  listening.prepare().catch(() => undefined);
  button.onclick = () => {
    // Safari gives a clicked button no focus, and M would then do nothing.
    button.focus();
    void toggle(listening);
  };
  goLive.onclick = () => {
    listening.goLive();
    // It hides itself, and would take a keyboard's place on the page with it.
    button.focus();
  };
  muteButton.onclick = () => setMuted(listening, !muted);
  range.oninput = () => setMuted(listening, false);
  document.addEventListener("keydown", (event) => pressed(listening, event));
  for (const gesture of ["pointerdown", "keydown", "touchend"]) document.addEventListener(gesture, () => listening.touched());
  mediaSession(listening);
  watchRoom(
    room,
    () => !listening.state.listening && !isOver(listening.state),
    (glimpse) => listening.glimpsed(glimpse),
  );
  draw();
}

async function toggle(listening: Listening): Promise<void> {
  if (isOver(listening.state)) return;
  writeOrHide(part("notice", HTMLElement), undefined);
  try {
    const done = listening.state.listening ? listening.pause() : listening.listen();
    // Now, and not with the next frame: on a lock screen there is none, and the next press must mean the opposite.
    sayPlayback(listening.state);
    await done;
  } catch (fault) {
    await listening.pause();
    tellFault(fault);
  }
}

function tellFault(fault: unknown): void {
  const why = fault instanceof Error ? ` (${fault.message})` : "";
  writeOrHide(part("notice", HTMLElement), fault instanceof LoadFault ? say.notLoaded : say.noSound(why));
}

function setMuted(listening: Listening, on: boolean): void {
  muted = on;
  listening.volume = on ? 0 : Number(range.value) / 100;
  muteButton.setAttribute("aria-pressed", String(on));
  write(muteButton, on ? say.unmute : say.mute);
}

/** Space anywhere on the page; the letter M only from within the player, because people who speak to their computer say letters. */
function pressed(listening: Listening, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if ((event.key === "m" || event.key === "M") && root.contains(target) && listening.state.listening) setMuted(listening, !muted);
  // A focused button takes the space bar itself.
  if (event.key === " " && target.closest("button, input, a, select") === null && !isOver(listening.state)) {
    event.preventDefault();
    button.focus();
    void toggle(listening);
  }
}

/** The lock screen's and the headset's buttons. */
function mediaSession(listening: Listening): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist: "Canopy" });
  navigator.mediaSession.setActionHandler("play", () => void toggleTo(listening, true));
  navigator.mediaSession.setActionHandler("pause", () => void toggleTo(listening, false));
  navigator.mediaSession.setActionHandler("stop", () => void toggleTo(listening, false));
  try {
    // Live: no length, and nowhere to seek to.
    navigator.mediaSession.setPositionState({ duration: Number.POSITIVE_INFINITY });
  } catch {
    // Some browsers want a number here; they show the silent file's ten seconds.
  }
}

async function toggleTo(listening: Listening, on: boolean): Promise<void> {
  if (listening.state.listening !== on) await toggle(listening);
}

function sayPlayback(hearing: Hearing): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.playbackState = hearing.listening ? "playing" : isOver(hearing) ? "none" : "paused";
}

function show(listening: Listening): void {
  const hearing = listening.state;
  const { facts, listeners } = hearing;
  const over = isOver(hearing);
  const phase = over ? "ended" : hearing.phase;
  const badge = part("badge", HTMLElement);
  badge.dataset["phase"] = phase;
  write(badge, words.people.phase[phase]);
  write(part("title", HTMLElement), hearing.room?.title ?? title);
  if (listeners !== undefined) writeOrHide(part("count", HTMLElement), listeners > 0 ? words.people.listening(listeners) : undefined);
  button.toggleAttribute("data-on", hearing.listening && !over);
  button.disabled = over;
  write(part("listen-label", HTMLElement), hearing.listening && !over ? say.pause : say.listen);
  write(status, sayHearing(hearing));
  const behindMs = hearing.listening ? (facts?.behindMs ?? 0) : 0;
  // While nothing comes there is nothing to skip to.
  goLive.hidden = behindMs <= BEHIND_MS || hearing.link !== "open";
  if (!goLive.hidden) write(goLive, say.behind(words.count.plain(Math.round(behindMs / 1_000))));
  part("volume", HTMLElement).hidden = !hearing.listening;
  part("keys", HTMLElement).hidden = !hearing.listening;
  notice(hearing);
  showSpeakers(hearing.listening ? (hearing.stage?.speakers ?? []) : []);
  sayPlayback(hearing);
  publish({
    ...facts,
    state: hearing.link,
    phase,
    listening: hearing.listening,
    held: hearing.held,
    firstSoundMs: hearing.firstSoundMs,
    reconnects: hearing.reconnects,
    lane: hearing.lane,
  });
}

/** Shows what was missed, or that the room moved, each time anew, and for a while only. */
function notice(hearing: Hearing): void {
  const { missed, moved } = hearing;
  if (missed === noticed.missed && moved === noticed.moved) return;
  const shown = { missed, moved };
  noticed = shown;
  const element = part("notice", HTMLElement);
  writeOrHide(element, sayMissed(hearing));
  setTimeout(() => {
    if (noticed === shown) element.hidden = true;
  }, NOTICE_MS);
}

function showSpeakers(onStage: readonly OnStage[]): void {
  const here = onStage.filter(({ state }) => state !== "away");
  if (here.length !== faces.size || here.some(({ voice }) => !faces.has(voice))) {
    faces.clear();
    speakers.replaceChildren(...here.map(speakerItem));
  }
  for (const { voice, state } of here) {
    const level = state === "muted" ? 0 : (levels.get(voice) ?? 0);
    const face = faces.get(voice);
    face?.style.setProperty("--level", level.toFixed(3));
    const note = face?.parentElement?.querySelector("small");
    if (note instanceof HTMLElement) write(note, words.people.state[state]);
    levels.set(voice, level * RING_FALL);
  }
}

function speakerItem({ voice, name }: OnStage): HTMLLIElement {
  const item = document.createElement("li");
  const face = document.createElement("span");
  face.className = "face";
  face.setAttribute("aria-hidden", "true");
  face.textContent = [...name][0]?.toUpperCase() ?? "·";
  const label = document.createElement("span");
  label.append(name, document.createElement("small"));
  item.append(face, label);
  faces.set(voice, face);
  return item;
}
