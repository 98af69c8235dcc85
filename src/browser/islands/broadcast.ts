import { Broadcasting } from "../broadcast.ts";
import { publish } from "../facts.ts";
import { HostMemory } from "../host-ticket.ts";
import { type MicrophoneChoice, microphones } from "../microphone.ts";
import { copyFrom, insecurity, island, oncePerFrame, part, write, writeOrHide } from "../parts.ts";
import { sayLine, sayStudio, sayWarning } from "../say-studio.ts";

/** The meter's left end, in −dBov: what is softer is no speech. */
const METER_FLOOR = 60;

const root = island("broadcast");
const room = root.dataset["room"] ?? "";
const status = part("status", HTMLElement);
const warning = part("warning", HTMLElement);
const allow = part("allow", HTMLButtonElement);
const device = part("device", HTMLSelectElement);
const meter = part("meter", HTMLElement);
const check = part("check", HTMLButtonElement);
const go = part("go", HTMLButtonElement);
const mute = part("mute", HTMLButtonElement);
const off = part("off", HTMLButtonElement);
const takeBack = part("take-back", HTMLButtonElement);
const switches = [...root.querySelectorAll<HTMLInputElement>('[data-part="switch"]')];
const confirmEnd = part("confirm", HTMLDialogElement);

root.dataset["ready"] = "";
const memory = new HostMemory(room);
const ticket = memory.takeTicket();
const insecure = insecurity();
if (ticket === undefined) {
  write(status, "This is the host's studio, and this window has no host link for it.");
  writeOrHide(warning, "Open the host link that you got when the room was made (it ends in #ticket=…), or ask who made it for one.");
  for (const name of ["microphone", "air"]) part(name, HTMLElement).hidden = true;
  part("to-room", HTMLElement).hidden = false;
} else if (insecure !== undefined) {
  write(status, "The studio cannot work on this page.");
  writeOrHide(warning, insecure);
  allow.disabled = true;
} else {
  run(ticket);
}

function run(hostTicket: string): void {
  const draw = oncePerFrame(() => show(studio));
  const studio = new Broadcasting(room, hostTicket, memory, draw);
  restoreSwitches();
  studio.connect();
  // On air before a reload: go on without a click, where the browser lets the microphone.
  if (studio.state.wanted) void open(studio);
  allow.onclick = () => void open(studio);
  device.onchange = () => void open(studio);
  for (const one of switches) one.onchange = () => void open(studio);
  check.onclick = () => studio.check();
  go.onclick = () => studio.goOnAir();
  off.onclick = () => studio.goOffAir();
  mute.onclick = () => studio.mute(!studio.state.muted);
  takeBack.onclick = () => studio.connect();
  part("end", HTMLButtonElement).onclick = () => confirmEnd.showModal();
  confirmEnd.onclose = () => confirmEnd.returnValue === "end" && studio.end();
  const page = `${location.origin}/rooms/${room}`;
  onCopy("copy-page", page);
  onCopy("copy-host", `${page}/broadcast#ticket=${hostTicket}`);
  document.addEventListener("pointerdown", () => void studio.touched());
  document.addEventListener("keydown", () => void studio.touched());
  navigator.mediaDevices.addEventListener("devicechange", () => void listDevices(studio));
  window.addEventListener("beforeunload", (event) => {
    if (studio.state.onAir) event.preventDefault();
  });
  const beat = () => {
    showLevel(studio.level);
    requestAnimationFrame(beat);
  };
  beat();
  setInterval(draw, 1_000);
  draw();
}

async function open(studio: Broadcasting): Promise<void> {
  sessionStorage.setItem("canopy:switches", JSON.stringify(switches.filter(({ checked }) => checked).map(({ name }) => name)));
  if (device.value !== "") sessionStorage.setItem("canopy:device", device.value);
  const chosen = sessionStorage.getItem("canopy:device");
  const on = (name: string) => switches.some((one) => one.name === name && one.checked);
  const choice: MicrophoneChoice = {
    deviceId: chosen === null || chosen === "" ? undefined : chosen,
    cleaning: {
      noiseSuppression: on("noiseSuppression"),
      echoCancellation: on("echoCancellation"),
      autoGainControl: on("autoGainControl"),
    },
  };
  await studio.openMicrophone(choice);
  // The chosen one may be unplugged by now; the next try takes any.
  if (studio.state.microphone === "fault") sessionStorage.removeItem("canopy:device");
  await listDevices(studio);
}

async function listDevices(studio: Broadcasting): Promise<void> {
  const found = await microphones();
  device.replaceChildren(...found.map(({ id, label }, index) => new Option(label === "" ? `Microphone ${index + 1}` : label, id)));
  const used = studio.device?.id;
  if (used !== undefined) device.value = used;
}

function restoreSwitches(): void {
  const saved = sessionStorage.getItem("canopy:switches");
  if (saved !== null) for (const one of switches) one.checked = saved.includes(one.name);
}

function onCopy(name: string, link: string): void {
  const button = part(name, HTMLButtonElement);
  button.onclick = () => void copyFrom(button, link);
}

function showLevel(level: number): void {
  const share = Math.max(0, 1 - level / METER_FLOOR);
  meter.style.setProperty("--level", share.toFixed(3));
}

function show(studio: Broadcasting): void {
  const { state } = studio;
  const over = state.end !== undefined || state.room?.phase === "ended";
  const open = state.microphone === "open" || state.microphone === "held";
  const badge = part("badge", HTMLElement);
  badge.dataset["phase"] = state.onAir ? "live" : "quiet";
  write(badge, over ? "Off" : state.onAir ? (state.muted ? "On air, muted" : "On air") : "Off air");
  const listeners = state.audience?.listeners;
  writeOrHide(part("count", HTMLElement), listeners === undefined ? undefined : `${listeners} listening`);
  write(status, sayStudio(state));
  writeOrHide(warning, sayWarning(state));
  part("microphone", HTMLElement).hidden = over;
  // Another choice reopens it in a moment; what one is just using must not go away meanwhile.
  const chosen = open || (state.microphone === "opening" && allow.hidden);
  allow.hidden = chosen;
  allow.disabled = state.microphone === "opening";
  part("input", HTMLElement).hidden = !chosen;
  check.disabled = state.check !== "idle" || state.onAir;
  write(check, { idle: "Record and hear yourself", recording: "Recording … speak now", playing: "This is how you sound …" }[state.check]);
  go.hidden = over;
  go.disabled = state.wanted || !open || state.link !== "open";
  go.toggleAttribute("data-on", state.onAir);
  write(go, state.onAir ? "On air" : state.wanted ? "Going on air …" : "Go on air");
  part("while-on", HTMLElement).hidden = over || !state.wanted;
  mute.setAttribute("aria-pressed", String(state.muted));
  write(mute, state.muted ? "Unmute" : "Mute");
  writeOrHide(part("line", HTMLElement), over ? undefined : sayLine(state.roundTripMs, studio.unsentBytes));
  takeBack.hidden = state.end?.code !== 4501;
  part("share", HTMLElement).hidden = over;
  part("danger", HTMLElement).hidden = over || state.link !== "open";
  part("meter-value", HTMLMeterElement).value = Math.round(Math.max(0, 1 - studio.level / METER_FLOOR) * 100);
  const { link, room: known, onAir, muted, microphone, roundTripMs } = state;
  const { level, unsentBytes, counts } = studio;
  publish({ state: link, phase: known?.phase, onAir, muted, microphone, level, roundTripMs, unsentBytes, ...counts });
}
