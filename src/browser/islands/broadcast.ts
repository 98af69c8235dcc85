import { ENDING } from "../../core/wire/ending.ts";
import { CrowdForm } from "../evening/crowd-form.ts";
import { ScheduleCard } from "../evening/schedule-card.ts";
import { sayHost } from "../listen/say-hearing.ts";
import { publish } from "../page/facts.ts";
import { hide, isOff, switchOff } from "../page/focus.ts";
import { copyFrom, insecurity, island, oncePerFrame, part, write, writeOrHide } from "../page/parts.ts";
import { rescueLinksOf } from "../page/rescue-links.ts";
import { wireShareSheet } from "../page/share-sheet.ts";
import { words } from "../page/words.ts";
import { mayRun } from "../panel/shown.ts";
import { StagePanel } from "../panel/stage-panel.ts";
import { Broadcasting } from "../stage/broadcast.ts";
import { HostMemory } from "../stage/host-ticket.ts";
import { MicrophoneForm } from "../stage/microphone-form.ts";
import { sayLine, sayStudio, sayWarning } from "../stage/say-studio.ts";
import { SideForm } from "../stage/side-form.ts";
import { SpeakerCaptions } from "../stage/speaker-captions.ts";

/** The meter's left end, in −dBov: what is softer is no speech. */
const METER_FLOOR = 60;

/** Something of this room was recorded while this page was open. */
let wasRecorded = false;

const say = words.studio;
const root = island("broadcast");
const room = root.dataset["room"] ?? "";
/** This tab knows the room's rescue links: it was made, or taken over, here. */
const hasRescueLinks = rescueLinksOf(room).length > 0;
const status = part("status", HTMLElement);
const warning = part("warning", HTMLElement);
const allow = part("allow", HTMLButtonElement);
const device = part("device", HTMLSelectElement);
const meter = part("meter", HTMLElement);
const check = part("check", HTMLButtonElement);
const go = part("go", HTMLButtonElement);
const mute = part("mute", HTMLButtonElement);
const off = part("off", HTMLButtonElement);
const rehearse = part("rehearse", HTMLButtonElement);
const standBy = part("stand-by", HTMLButtonElement);
const takeBack = part("take-back", HTMLButtonElement);
const switches = [...root.querySelectorAll<HTMLInputElement>('[data-part="switch"]')];
const confirmEnd = part("confirm", HTMLDialogElement);

root.dataset["ready"] = "";
wireShareSheet();
const memory = new HostMemory(room);
const link = memory.takeTicket();
const insecure = insecurity();
// A newer host link that is pasted over this page changes only what stands behind its #, which loads nothing by itself.
window.addEventListener("hashchange", () => location.reload());
if (link.ticket === undefined) {
  sayNoLink(link.broken);
} else if (insecure !== undefined) {
  write(status, say.cannotWork);
  writeOrHide(warning, insecure);
  allow.disabled = true;
} else {
  run(link.ticket);
}

function sayNoLink(broken: boolean): void {
  write(status, broken ? say.brokenLink : say.noLink);
  writeOrHide(warning, broken ? say.brokenLinkHint : say.noLinkHint);
  for (const name of ["microphone", "air"]) part(name, HTMLElement).hidden = true;
  part("to-room", HTMLElement).hidden = false;
}

function run(hostTicket: string): void {
  const draw = oncePerFrame(() => {
    show(studio);
    schedule.show(studio.state, isRunning(studio));
    side.show(studio.state);
    panel.show(studio);
    captions.show(studio, studio.state);
  });
  const studio = new Broadcasting(room, hostTicket, memory, draw);
  const panel = new StagePanel(part("panel", HTMLElement), { room, isStudio: true });
  const side = new SideForm(studio.mouth.sides);
  const captions = new SpeakerCaptions(room, draw);
  const form = new MicrophoneForm(device, switches, () => void open());
  const open = async () => {
    await studio.openMicrophone(form.choice());
    await form.list(studio.mouth.device?.id);
  };
  studio.connect();
  // On air before a reload: go on without a click, where the browser lets the microphone.
  if (studio.state.wanted) void open();
  allow.onclick = () => void open();
  check.onclick = () => isOff(check) || studio.check();
  go.onclick = () => isOff(go) || studio.goOnAir();
  off.onclick = () => studio.goOffAir();
  mute.onclick = () => isOff(mute) || studio.mute(!studio.state.muted);
  rehearse.onclick = () => (studio.state.rehearsing ? studio.goOffAir() : studio.rehearse());
  standBy.onclick = () => studio.ask({ type: "standby", on: !studio.state.standsBy });
  takeBack.onclick = () => {
    studio.connect();
    void open();
  };
  part("end", HTMLButtonElement).onclick = () => {
    // Esc leaves the answer as it was: it must not be the one of the last time.
    confirmEnd.returnValue = "";
    confirmEnd.showModal();
  };
  confirmEnd.onclose = () => confirmEnd.returnValue === "end" && studio.end();
  const schedule = new ScheduleCard(room, hostTicket, () => studio.ask({ type: "open-doors" }));
  const crowd = new CrowdForm(
    room,
    hostTicket,
    part("expect", HTMLFormElement),
    part("expected", HTMLInputElement),
    part("ready", HTMLElement),
  );
  void crowd.open();
  const page = `${location.origin}/rooms/${room}`;
  // In a tab of its own nothing is known of this one's ticket; where the room is over, the page opens in this one.
  part("evening", HTMLAnchorElement).hash = `ticket=${hostTicket}`;
  onCopy("copy-page", page);
  onCopy("copy-host", `${page}/broadcast#ticket=${hostTicket}`);
  const [first, second] = rescueLinksOf(room);
  if (first !== undefined) onCopy("copy-rescue", first);
  if (second !== undefined) onCopy("copy-second-rescue", second);
  document.addEventListener("pointerdown", () => void studio.touched());
  document.addEventListener("keydown", () => void studio.touched());
  navigator.mediaDevices.addEventListener("devicechange", () => {
    // Plugged in again while on air: nobody should have to look for a button.
    if (studio.state.wanted && studio.state.microphone === "fault") void open();
    else void form.list(studio.mouth.device?.id);
  });
  window.addEventListener("beforeunload", (event) => {
    if (studio.state.onAir) event.preventDefault();
  });
  const beat = () => {
    showLevel(studio.mouth.level);
    requestAnimationFrame(beat);
  };
  beat();
  setInterval(draw, 1_000);
  draw();
}

function onCopy(name: string, text: string): void {
  const button = part(name, HTMLButtonElement);
  button.onclick = () => void copyFrom(button, text);
}

function showLevel(level: number): void {
  const share = Math.max(0, 1 - level / METER_FLOOR);
  meter.style.setProperty("--level", share.toFixed(3));
}

/** True while this page's owner runs the room, and it can be asked for something. */
function isRunning({ state }: Broadcasting): boolean {
  const over = state.end !== undefined || state.room?.phase === "ended";
  return mayRun(state) && !over && state.link === "open";
}

function show(studio: Broadcasting): void {
  const { state } = studio;
  const over = state.end !== undefined || state.room?.phase === "ended";
  const open = state.microphone === "open" || state.microphone === "held";
  const unheard = state.muted || state.mutedInRoom;
  const badge = part("badge", HTMLElement);
  badge.dataset["phase"] = state.onAir ? "live" : "quiet";
  write(
    badge,
    over
      ? say.badge.off
      : state.rehearsing
        ? say.badge.check
        : state.onAir
          ? unheard
            ? say.badge.onMuted
            : say.badge.on
          : say.badge.quiet,
  );
  if (state.room !== undefined) write(part("title", HTMLElement), state.room.title);
  writeOrHide(part("host-notice", HTMLElement), state.role === "host" ? undefined : sayHost(state.room));
  const listeners = state.audience?.listeners;
  writeOrHide(part("count", HTMLElement), listeners === undefined || over ? undefined : words.people.listening(listeners));
  write(status, sayStudio(state));
  writeOrHide(warning, sayWarning(state));
  const recorded = state.room?.recorded === true && !over;
  part("recorded", HTMLElement).hidden = !recorded;
  // Whoever switches it knows; who does not must be told before he speaks, and while he does.
  writeOrHide(part("recorded-notice", HTMLElement), recorded && !mayRun(state) ? words.listener.stage.recorded : undefined);
  part("microphone", HTMLElement).hidden = over;
  part("captioning", HTMLElement).hidden = over;
  // Another choice reopens it in a moment; what one is just using must not go away meanwhile.
  const chosen = open || (state.microphone === "opening" && allow.hidden === true);
  part("input", HTMLElement).hidden = !chosen;
  switchOff(allow, state.microphone === "opening");
  hide(allow, chosen, () => device);
  switchOff(check, state.check !== "idle" || state.wanted || state.microphone !== "open");
  write(check, { idle: say.microphone.check, recording: say.microphone.recording, playing: say.microphone.playing }[state.check]);
  // There is nothing to go on air with before there is a microphone.
  part("air", HTMLElement).hidden = over || !(chosen || state.wanted);
  part("air", HTMLElement).toggleAttribute("data-on", state.wanted);
  part("air", HTMLElement).toggleAttribute("data-unheard", unheard || !chosen);
  switchOff(go, state.wanted || !open || state.link !== "open" || state.room?.opensAt !== undefined);
  go.toggleAttribute("data-on", state.onAir);
  write(go, state.onAir ? say.on : state.wanted ? say.going : say.go);
  hide(part("while-on", HTMLElement), !state.wanted, () => go);
  mute.setAttribute("aria-pressed", String(state.muted));
  write(mute, state.muted ? say.unmute : say.mute);
  switchOff(mute, state.muteLocked);
  hide(rehearse, over || state.wanted || state.microphone !== "open" || state.link !== "open", () => go);
  rehearse.setAttribute("aria-pressed", String(state.rehearsing));
  hide(standBy, over || state.link !== "open", () => check);
  standBy.setAttribute("aria-pressed", String(state.standsBy));
  writeOrHide(part("line", HTMLElement), over ? undefined : sayLine(state.roundTripMs, studio.unsentBytes));
  hide(takeBack, state.end?.code !== 4501, () => (chosen ? device : allow));
  // Whoever is not let in as the host may still listen, and so may whose room another has taken over.
  const hasMoved = state.end?.code === ENDING.moved.code;
  part("to-room", HTMLElement).hidden = !hasMoved && state.end?.code !== 401 && state.end?.code !== 403;
  wasRecorded ||= state.room?.recorded === true;
  part("to-replay", HTMLElement).hidden = !over || !wasRecorded;
  part("share", HTMLElement).hidden = over;
  part("to-evening", HTMLElement).hidden = !over || hasMoved || !(mayRun(state) || state.end?.code === 4500);
  const runs = isRunning(studio);
  part("crowd", HTMLElement).hidden = !runs;
  part("danger", HTMLElement).hidden = !runs;
  root.toggleAttribute("data-on", state.wanted);
  const isHost = state.role === undefined || state.role === "host";
  write(part("copy-host", HTMLElement), isHost ? say.links.host : say.links.mine);
  write(part("host-hint", HTMLElement), isHost ? say.links.hint : say.links.mineHint);
  part("rescue", HTMLElement).hidden = !isHost || !hasRescueLinks;
  part("meter-value", HTMLMeterElement).value = Math.round(Math.max(0, 1 - studio.mouth.level / METER_FLOOR) * 100);
  const { link: line, room: known, onAir, microphone, roundTripMs } = state;
  const { unsentBytes, counts } = studio;
  const { level } = studio.mouth;
  publish({ state: line, phase: known?.phase, onAir, muted: unheard, microphone, level, roundTripMs, unsentBytes, ...counts });
}
