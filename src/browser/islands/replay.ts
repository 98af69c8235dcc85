import { formatMoment, parseMoment } from "../../core/moment.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import { meIn } from "../listen/me.ts";
import { tellFault } from "../listen/player-controls.ts";
import { VolumeKnob } from "../listen/volume-knob.ts";
import { publish } from "../page/facts.ts";
import { hide } from "../page/focus.ts";
import { copyFrom, insecurity, island, oncePerFrame, part, write, writeOrHide } from "../page/parts.ts";
import { wireShareSheet } from "../page/share-sheet.ts";
import { words } from "../page/words.ts";
import { Bookmark } from "../replay/bookmark.ts";
import { CaptionLines } from "../replay/caption-lines.ts";
import { Archive } from "../replay/fetching.ts";
import { wireKeys } from "../replay/keys.ts";
import { Lanes } from "../replay/lanes.ts";
import { MediaKeys } from "../replay/media-keys.ts";
import { Replaying } from "../replay/replaying.ts";
import { sayLoss, sayNothing, sayReplay } from "../replay/say-replay.ts";
import { SeekBar } from "../replay/seek-bar.ts";
import { showTracks } from "../replay/tracks.ts";
import { HostMemory } from "../stage/host-ticket.ts";

/** The buttons beside Play go so far, in ms. */
const STEP_MS = 10_000;
/** Where one is is remembered so often, in ms. */
const REMEMBER_MS = 5_000;
/** A notice about lost sound leaves after so long, in ms. */
const NOTICE_MS = 8_000;

const say = words.replay;
const root = island("replay");
const room = root.dataset["room"] ?? "";

root.dataset["ready"] = "";
wireShareSheet();
const insecure = insecurity();
if (insecure !== undefined) writeOrHide(part("notice", HTMLElement), insecure);
else {
  try {
    run();
  } catch (fault) {
    tellFault(fault);
  }
}

function run(): void {
  const ticket = meIn(room).invitation ?? new HostMemory(room).takeTicket().ticket;
  const archive = new Archive(room, ticket);
  const asked = parseMoment(new URLSearchParams(location.search).get("t") ?? "");
  const draw = oncePerFrame(() => show());
  const replaying = new Replaying(archive, asked ?? 0, draw, (levels, epoch) => lanes.heard(levels, epoch));
  const lanes = new Lanes(part("lanes", HTMLElement), () => replaying.state.positionMs, goTo);
  const bar = new SeekBar(goTo);
  const lines = new CaptionLines(goTo);
  const volume = new VolumeKnob((loudness) => (replaying.volume = loudness));
  const media = new MediaKeys(root.dataset["title"] ?? "", { play, pause, by, to: goTo });
  const playButton = part("play", HTMLButtonElement);
  const speed = part("speed", HTMLSelectElement);
  let bookmark: Bookmark | undefined;
  let shownNews: RecordingNews | undefined;
  let hasCaptions = false;
  let toldLoss = replaying.state.loss;

  replaying.prepare().catch(tellFault);
  playButton.onclick = () => {
    // Safari gives a clicked button no focus, and the keys would then do nothing.
    playButton.focus();
    toggle();
  };
  part("back", HTMLButtonElement).onclick = () => by(-STEP_MS);
  part("forward", HTMLButtonElement).onclick = () => by(STEP_MS);
  speed.onchange = () => replaying.wish({ speed: Number(speed.value) });
  const skip = part("skip", HTMLInputElement);
  skip.onchange = () => replaying.wish({ skipsPauses: skip.checked });
  const copyLink = part("copy-link", HTMLButtonElement);
  copyLink.onclick = () => void copyFrom(part("copy-label", HTMLElement), momentLink(replaying.state.positionMs));
  wireKeys(root, { toggle, by, to: (end) => goTo(end === "start" ? 0 : replaying.state.durationMs), faster, mute: () => volume.toggle() });
  for (const gesture of ["pointerdown", "keydown", "touchend"]) document.addEventListener(gesture, () => replaying.touched());
  const remember = () => {
    const { phase, positionMs, wish } = replaying.state;
    if (phase === "ready" && wish.playing) bookmark?.write(positionMs);
  };
  setInterval(remember, REMEMBER_MS);
  addEventListener("pagehide", remember);
  const frame = () => {
    lanes.frame();
    requestAnimationFrame(frame);
  };
  frame();
  draw();

  function play(): void {
    part("resume", HTMLElement).hidden = true;
    replaying.play().catch((fault: unknown) => {
      void replaying.pause();
      tellFault(fault);
    });
  }

  function pause(): void {
    remember();
    void replaying.pause();
  }

  function toggle(): void {
    if (replaying.state.phase !== "ready") return;
    if (replaying.state.wish.playing) pause();
    else play();
  }

  function goTo(ms: number): void {
    replaying.seek(ms);
    draw();
  }

  function by(ms: number): void {
    goTo(replaying.state.positionMs + ms);
  }

  function faster(steps: 1 | -1): void {
    const next = speed.options[speed.selectedIndex + steps];
    if (next === undefined) return;
    speed.value = next.value;
    replaying.wish({ speed: Number(next.value) });
  }

  function show(): void {
    const replay = replaying.state;
    const { phase, news, wish, positionMs, durationMs } = replay;
    const nothing = sayNothing(replay);
    const isReady = phase === "ready" && nothing === undefined;
    showNothing(nothing);
    if (news !== undefined && news !== shownNews) found(news);
    hide(part("who", HTMLElement), !isReady || news === undefined || !lanes.show(news, durationMs));
    hide(part("tracks", HTMLElement), !isReady || part("track-list", HTMLElement).children.length === 0);
    part("wishes", HTMLElement).hidden = !isReady;
    if (!isReady) for (const one of ["captions", "resume"]) hide(part(one, HTMLElement), true);
    part("deck", HTMLElement).hidden = nothing !== undefined;
    for (const one of ["play", "back", "forward"]) part(one, HTMLButtonElement).disabled = !isReady;
    playButton.toggleAttribute("data-on", wish.playing);
    write(part("play-label", HTMLElement), wish.playing ? say.pause : say.play);
    write(part("status", HTMLElement), sayReplay(replay));
    bar.show(positionMs, durationMs, isReady);
    lines.follow(positionMs);
    media.show(replay);
    tellLoss();
    const { toSoundMs, stalls, waiting, finished, trouble } = replay;
    const { chunks, hash } = replaying.heard;
    publish({ state: phase, playing: wish.playing, positionMs, durationMs, toSoundMs, stalls, waiting, finished, trouble, chunks, hash });
  }

  function found(news: RecordingNews): void {
    const isFirst = shownNews === undefined;
    shownNews = news;
    const { durationMs } = replaying.state;
    write(part("title", HTMLElement), news.title);
    writeOrHide(part("when", HTMLElement), say.on(dayOf(news.startedAt), say.length(durationMs)));
    writeOrHide(part("kept", HTMLElement), keptText(news));
    showTracks(room, news, part("locked", HTMLElement).hidden ? undefined : ticket);
    if (news.captioned && !hasCaptions) {
      hasCaptions = true;
      void archive.captions().then((file) => lines.show(file));
    }
    if (!isFirst) return;
    bookmark = new Bookmark(room, news.startedAt);
    const stoppedMs = asked === undefined ? bookmark.read(durationMs) : undefined;
    if (stoppedMs !== undefined) offer(stoppedMs);
  }

  /** Offers to go on where one stopped. */
  function offer(stoppedMs: number): void {
    write(part("resume-says", HTMLElement), say.resume(say.length(stoppedMs)));
    part("resume", HTMLElement).hidden = false;
    part("resume-go", HTMLButtonElement).onclick = () => {
      goTo(stoppedMs);
      play();
      playButton.focus();
    };
    part("resume-no", HTMLButtonElement).onclick = () => hide(part("resume", HTMLElement), true, () => playButton);
  }

  function tellLoss(): void {
    const { loss } = replaying.state;
    if (loss === toldLoss) return;
    toldLoss = loss;
    const notice = part("notice", HTMLElement);
    writeOrHide(notice, sayLoss(replaying.state));
    setTimeout(() => {
      if (toldLoss === loss) notice.hidden = true;
    }, NOTICE_MS);
  }
}

function showNothing(nothing: ReturnType<typeof sayNothing>): void {
  const card = part("nothing", HTMLElement);
  const isNew = card.hidden && nothing !== undefined;
  card.hidden = nothing === undefined;
  part("keys", HTMLElement).hidden = nothing !== undefined;
  if (nothing === undefined) return;
  write(part("nothing-title", HTMLElement), nothing.title);
  write(part("nothing-says", HTMLElement), nothing.says);
  // Whoever was listening learns of it, wherever the keyboard was.
  if (isNew && document.activeElement !== document.body) card.focus();
}

function keptText({ ended, keptUntil }: RecordingNews): string | undefined {
  if (!ended) return say.growing;
  return keptUntil === undefined ? undefined : say.kept(dayOf(keptUntil));
}

function dayOf(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(words.language, { dateStyle: "long" }).format(date);
}

/** The address of a moment; without whatever else stood in this page's own. */
function momentLink(ms: number): string {
  const link = new URL(root.dataset["address"] ?? location.href);
  link.searchParams.set("t", formatMoment(ms));
  return link.href;
}
