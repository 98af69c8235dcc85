import { CaptionLog } from "../captions/caption-log.ts";
import { captionsAt } from "../listen/captions-at.ts";
import { phaseOf, watchRoom } from "../listen/glimpse.ts";
import { isOver } from "../listen/hearing.ts";
import { Listening } from "../listen/listen.ts";
import { sayHearing } from "../listen/say-hearing.ts";
import { publish } from "../page/facts.ts";
import { insecurity, island, oncePerFrame, part, write, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { LoadFault } from "../sound/load-fault.ts";

const say = words.listener;
const root = island("embed");
const room = root.dataset["room"] ?? "";
const title = root.dataset["title"] ?? "";
const button = part("listen", HTMLButtonElement);
const notice = part("notice", HTMLElement);

root.dataset["ready"] = "";
const insecure = insecurity();
if (insecure !== undefined) writeOrHide(notice, insecure);
else if (root.dataset["phase"] !== "ended") run();

function run(): void {
  const captions = new CaptionLog(root);
  const draw = oncePerFrame(() => show(listening, captions));
  const first = { phase: phaseOf(root.dataset["phase"]), listeners: undefined };
  const listening = new Listening(room, first, draw, () => undefined);
  listening.prepare().catch(() => undefined);
  button.onclick = () => void toggle(listening);
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, () => listening.touched());
  watchRoom(
    room,
    () => !listening.state.listening && !isOver(listening.state),
    (glimpse) => listening.glimpsed(glimpse),
  );
  // What is said is read when it sounds, also if nothing else changes.
  setInterval(draw, 1_000);
  draw();
}

async function toggle(listening: Listening): Promise<void> {
  writeOrHide(notice, undefined);
  try {
    await (listening.state.listening ? listening.pause() : listening.listen());
  } catch (fault) {
    await listening.pause();
    writeOrHide(notice, fault instanceof LoadFault ? say.notLoaded : say.noSound(""));
  }
}

function show(listening: Listening, captions: CaptionLog): void {
  const hearing = listening.state;
  const over = isOver(hearing);
  const phase = over ? "ended" : hearing.phase;
  const badge = part("badge", HTMLElement);
  badge.dataset["phase"] = phase;
  write(badge, words.people.phase[phase]);
  const { listeners = 0 } = hearing;
  writeOrHide(part("count", HTMLElement), listeners > 0 ? words.people.listening(listeners) : undefined);
  write(part("title", HTMLElement), hearing.room?.title ?? title);
  button.toggleAttribute("data-on", hearing.listening && !over);
  button.disabled = over;
  write(part("listen-label", HTMLElement), hearing.listening && !over ? say.pause : say.listen);
  write(part("status", HTMLElement), sayHearing(hearing));
  listening.reading = captions.isShown;
  captions.show(hearing.listening && !over, hearing.captions, captionsAt(hearing));
  const { facts, link: state, listening: isOn, lane } = hearing;
  publish({ ...facts, state, phase, listening: isOn, lane });
}
