import type { VoiceLevel } from "../../core/audio/mixer.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { You } from "../../core/wire/messages.ts";
import { CaptionLog } from "../captions/caption-log.ts";
import { newestTold } from "../captions/timeline.ts";
import { captionsAt } from "../listen/captions-at.ts";
import { Countdown } from "../listen/countdown.ts";
import { Ears } from "../listen/ears.ts";
import { showEnding } from "../listen/ending-card.ts";
import { Faces } from "../listen/faces.ts";
import { phaseOf, watchRoom } from "../listen/glimpse.ts";
import { Hand } from "../listen/hand.ts";
import { type Hearing, isOver } from "../listen/hearing.ts";
import { Listening } from "../listen/listen.ts";
import { meIn } from "../listen/me.ts";
import { PlayerControls, tellFault } from "../listen/player-controls.ts";
import { QuestionForm } from "../listen/question-form.ts";
import { ReactionBar } from "../listen/reaction-bar.ts";
import { wireReport } from "../listen/report-form.ts";
import { BEHIND_MS, sayHearing, sayHost, sayMissed } from "../listen/say-hearing.ts";
import { publish } from "../page/facts.ts";
import { hide } from "../page/focus.ts";
import { insecurity, island, oncePerFrame, part, write, writeOrHide } from "../page/parts.ts";
import { wireCloseButtons, wireShareSheet } from "../page/share-sheet.ts";
import { sayNo, words } from "../page/words.ts";
import { StagePanel } from "../panel/stage-panel.ts";
import { Mine } from "../stage/mine.ts";
import { NameForm } from "../stage/name-form.ts";
import { OnStage } from "../stage/on-stage.ts";
import { SpeakerCaptions } from "../stage/speaker-captions.ts";

/** A notice about missed sound leaves after so long, in ms. */
const NOTICE_MS = 12_000;
/** An answer to what the listener asked for stays so long, in ms. */
const ANSWER_MS = 8_000;

const say = words.listener;
const root = island("listener");
const room = root.dataset["room"] ?? "";
const title = root.dataset["title"] ?? "";
const goLive = part("go-live", HTMLButtonElement);
const answer = part("answer", HTMLElement);
const handButton = part("hand", HTMLButtonElement);
const invitation = part("invitation", HTMLDialogElement);
/** Something of this room was recorded while this page was open. */
let wasRecorded = false;
let noticed: Pick<Hearing, "missed" | "moved"> = { missed: undefined, moved: undefined };
let toldLeft: OnStage["left"];
let toldRefused: Hearing["refused"];
let answered = { at: Number.NEGATIVE_INFINITY, says: "" };

root.dataset["ready"] = "";
// Asked for when it is opened: whoever listens takes the invitation out of the address first.
wireShareSheet(() => meIn(room).invitation);
wireCloseButtons();
if (document.querySelector('[data-part="report-open"]') !== null)
  wireReport(room, () => writeOrHide(part("notice", HTMLElement), say.report.sent));
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
  const faces = new Faces(part("speakers", HTMLUListElement));
  const heard = (levels: readonly VoiceLevel[]) => faces.heard(levels);
  const countdown = new Countdown(() => look());
  const first = { phase: phaseOf(root.dataset["phase"]), listeners: undefined, opensAt: countdown.opensAt };
  const draw = oncePerFrame(() => show());
  const listening = new Listening(room, first, draw, heard);
  const onStage = new OnStage(room, listening, draw, heard);
  const controls = new PlayerControls(root, listening, title);
  const reactions = new ReactionBar((reaction) => listening.say({ type: "react", reaction }));
  const hand = new Hand(room, (said) => listening.say(said));
  const ears = new Ears();
  const mine = new Mine(onStage);
  const captions = new CaptionLog(root);
  const ownCaptions = new SpeakerCaptions(room, draw);
  const panel = new StagePanel(part("panel", HTMLElement), { room, isStudio: false });
  const names = new NameForm();
  const question = new QuestionForm(
    (said) => listening.say(said),
    () => listening.state,
  );
  let invited: You | undefined;
  // Loading now saves the wait after the click; a failure is told then.
  listening.prepare().catch(() => undefined);
  goLive.onclick = () => {
    listening.goLive();
    // It hides itself, and would take a keyboard's place on the page with it.
    controls.focus();
  };
  handButton.onclick = () => {
    if (hand.stands !== "down") hand.lower(performance.now());
    else if (handButton.getAttribute("aria-disabled") === "true") return;
    else names.ask((name) => hand.raise(name));
    draw();
  };
  part("ask", HTMLButtonElement).onclick = () => names.ask((name) => question.open(name));
  invitation.onclose = () => {
    const ticket = invited?.ticket;
    invited = undefined;
    // Esc is no answer: the hand stays as the room has it, and the button opens the question anew.
    if (invitation.returnValue === "not-now") hand.lower(performance.now());
    if (invitation.returnValue === "accept" && ticket !== undefined) void onStage.accept(ticket);
  };
  for (const gesture of ["pointerdown", "keydown", "touchend"]) {
    document.addEventListener(gesture, () => {
      listening.touched();
      onStage.touched();
    });
  }
  const look = watchRoom(
    room,
    () => !listening.state.listening && onStage.phase === "below" && !isOver(listening.state),
    (glimpse) => listening.glimpsed(glimpse),
  );
  const frame = () => {
    faces.frame();
    mine.frame();
    requestAnimationFrame(frame);
  };
  frame();
  onStage.resume();
  setInterval(draw, 1_000);
  draw();

  function show(): void {
    const hearing = listening.state;
    const stage = onStage.speaking?.state;
    // On stage the room speaks by another line than below it.
    const told = stage?.room === undefined ? hearing : stage;
    const end = onStage.left?.code === ENDING.removed.code ? onStage.left : hearing.end;
    const isEnded = hearing.phase === "ended" || told.room?.phase === "ended" || end?.code === ENDING.ended.code;
    const over = isEnded || end !== undefined;
    const phase = over ? "ended" : (told.room?.phase ?? hearing.phase);
    const isHere = (hearing.listening || stage !== undefined) && !over;
    const opensAt = over || phase === "live" ? undefined : (told.room ?? hearing).opensAt;
    countdown.show(opensAt);
    showHead(hearing, told, phase, opensAt);
    if (told.stage !== undefined && !over) faces.show(told.stage.speakers, stage?.session ?? hearing.you?.session);
    part("speakers", HTMLUListElement).hidden = over;
    part("dock", HTMLElement).toggleAttribute("data-on", isHere);
    showPinned(over ? undefined : told.pinned?.question);
    controls.show(hearing);
    hide(part("listen", HTMLElement), stage !== undefined, () => part("mine-mute", HTMLButtonElement));
    write(part("status", HTMLElement), stage === undefined ? sayHearing(hearing) : say.stage.title);
    showGoLive(hearing);
    reactions.show(told.reactions, hearing.listening && hearing.link === "open");
    part("asking", HTMLElement).hidden = !isHere || stage !== undefined;
    askWhetherRecorded(hearing.room?.recorded === true);
    handAnswered(hand.follow(hearing, performance.now(), Math.random()), hearing);
    refusedHere(hearing);
    const asked = question.follow(hearing);
    if (asked !== undefined) tell(asked);
    showHand(hand, hearing);
    mine.show(() => part("listen", HTMLButtonElement));
    panel.show(onStage.speaking);
    ownCaptions.show(onStage.speaking, stage);
    listening.reading = captions.isShown;
    captions.show(isHere, told.captions, stage === undefined ? captionsAt(hearing) : newestTold(stage));
    notice(hearing);
    wasRecorded ||= told.room?.recorded === true;
    if (wasRecorded) part("again", HTMLElement).hidden = !isEnded;
    part("dock", HTMLElement).hidden = showEnding(end, isEnded, hearing.room?.over);
    // Whoever is kept out is told why, and not how many are in.
    part("badges", HTMLElement).hidden = over && !isEnded;
    cameDown(onStage);
    const hears = ears.news(hearing, controls.silenced, performance.now());
    if (hears !== undefined) listening.say({ type: "hearing", hearing: hears });
    publishFacts(hearing, phase, onStage.phase);
  }

  /** The room answered the hand: an invitation asks back, a *no* is told. */
  function handAnswered(you: You | undefined, { room: known }: Hearing): void {
    if (you === undefined) return;
    if (you.hand === "invited" && you.ticket !== undefined && onStage.phase === "below") {
      invited = you;
      part("agree-recorded", HTMLInputElement).checked = false;
      askWhetherRecorded(known?.recorded === true);
      invitation.returnValue = "";
      if (!invitation.open) invitation.showModal();
    } else if (you.hand === "none") {
      if (invitation.open) invitation.close("");
      if (you.code === "stage-locked") tell(say.hand.locked);
      else if (you.code !== undefined) tell(sayNo({ code: you.code, says: you.says ?? "" }));
    }
  }
}

/** Before a microphone opens its owner agrees to what is kept; also if it began while he was thinking. */
function askWhetherRecorded(recorded: boolean): void {
  part("invitation-recorded", HTMLElement).hidden = !recorded;
  part("agree-recorded", HTMLInputElement).required = recorded;
}

/** Tells a *no* to what was asked from here, once. */
function refusedHere({ refused }: Hearing): void {
  if (refused === toldRefused) return;
  toldRefused = refused;
  if (refused !== undefined) tell(sayNo(refused));
}

/** Says once why somebody is not on stage any more, if it was not his own will. */
function cameDown({ left }: OnStage): void {
  if (left === toldLeft) return;
  toldLeft = left;
  if (left !== undefined && left.code !== ENDING.ended.code) tell(left.code === ENDING["off-stage"].code ? say.stage.back : left.says);
}

function showHead(hearing: Hearing, told: Pick<Hearing, "room" | "audience">, phase: Hearing["phase"], opensAt: number | undefined): void {
  const badge = part("badge", HTMLElement);
  badge.dataset["phase"] = phase;
  write(badge, opensAt === undefined ? words.people.phase[phase] : words.doors.badge);
  write(part("title", HTMLElement), told.room?.title ?? title);
  const listeners = told.audience?.listeners ?? hearing.listeners;
  if (listeners !== undefined)
    writeOrHide(part("count", HTMLElement), listeners > 0 && phase !== "ended" ? words.people.listening(listeners) : undefined);
  const hears = told.audience?.hearing;
  writeOrHide(
    part("hearing", HTMLElement),
    hears !== undefined && hears > 0 && phase !== "ended" ? words.people.hearing(hears) : undefined,
  );
  part("recorded", HTMLElement).hidden = told.room?.recorded !== true;
  part("locked", HTMLElement).hidden = told.room?.locked !== true;
  writeOrHide(part("host-notice", HTMLElement), phase === "ended" ? undefined : sayHost(told.room));
}

function showPinned(question: { readonly name: string; readonly text: string } | undefined): void {
  part("pinned", HTMLElement).hidden = question === undefined;
  if (question === undefined) return;
  write(part("pinned-text", HTMLElement), question.text);
  write(part("pinned-name", HTMLElement), say.question.from(question.name));
}

function showGoLive({ listening, facts, link }: Hearing): void {
  const behindMs = listening ? (facts?.behindMs ?? 0) : 0;
  // While nothing comes there is nothing to skip to.
  goLive.hidden = behindMs <= BEHIND_MS || link !== "open";
  if (!goLive.hidden) write(goLive, say.behind(words.count.plain(Math.round(behindMs / 1_000))));
}

function showHand(hand: Hand, { room: known, link }: Hearing): void {
  const isLocked = known?.stageLocked === true;
  const isClosed = link !== "open" || isLocked || known?.hands !== "open";
  handButton.setAttribute("aria-pressed", String(hand.stands !== "down"));
  handButton.setAttribute("aria-disabled", String(hand.stands === "down" && isClosed));
  write(part("hand-label", HTMLElement), hand.stands !== "down" ? say.hand.lower : say.hand.raise);
  // What was just answered is read first.
  if (performance.now() - answered.at < ANSWER_MS) writeOrHide(answer, answered.says);
  else if (hand.stands === "up") writeOrHide(answer, say.hand.waiting);
  else if (link === "open" && isLocked) writeOrHide(answer, say.hand.locked);
  else if (link === "open" && known?.hands === "full") writeOrHide(answer, say.hand.full);
  else writeOrHide(answer, hand.stands === "rising" ? say.hand.rising : undefined);
}

/** Tells the listener something that he asked for, for a while. */
function tell(says: string): void {
  answered = { at: performance.now(), says };
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

function publishFacts(hearing: Hearing, phase: Hearing["phase"], stage: OnStage["phase"]): void {
  const { facts, link: state, listening, held, firstSoundMs, reconnects, lane } = hearing;
  publish({ ...facts, state, phase, listening, held, firstSoundMs, reconnects, lane, stage });
}
