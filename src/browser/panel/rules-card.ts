import { MAX_NAME, MAX_TITLE, readable } from "../../core/text.ts";
import type { Banned, TicketText } from "../../core/wire/messages.ts";
import { button, element, List } from "../page/elements.ts";
import { copyFrom, write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { folded } from "./card.ts";
import { confirm } from "./confirm.ts";
import { type Ask, allowed, type Panel, type PanelPage } from "./shown.ts";

const say = words.panel;
/** A switch shows what was asked for until the room answers, at most so long, in ms. */
const ASKED_MS = 2_000;

/** What holds for the room: its title, its locks, who is kept out, its end. */
export function rulesCard(page: PanelPage, ask: Ask): Panel {
  const rename = textForm(say.title, say.rename, MAX_TITLE, (title) => ask({ type: "rename", title }));
  const stage = lock(say.lockStage, say.lockStageSays, (locked) => ask({ type: "lock-stage", locked }));
  const room = lock(say.lockRoom, say.lockRoomSays, (locked) => ask({ type: "lock-room", locked }));
  const invitations = invitationForm(page, ask);
  const kept = bans(ask);
  const end = button({ class: "plain stop", text: words.studio.end.open }, () => {
    const { title, says, keep, end: yes } = words.studio.end;
    confirm({ title, says, no: keep, yes, work: () => ask({ type: "end" }) });
  });
  end.hidden = page.isStudio;
  return {
    element: folded(
      say.rules,
      element("div", { class: "stack" }, rename.element, stage.element, room.element, invitations.element, kept.element, end),
    ),
    show: (studio) => {
      const { room: state } = studio;
      rename.show(state?.title ?? "");
      stage.show(state?.stageLocked === true);
      room.show(state?.locked === true);
      invitations.show(state?.locked === true && allowed(studio, "invite-listener"), studio.ticket);
      kept.show(studio.people?.bans ?? []);
    },
  };
}

/** A line of text that is sent by its button. What somebody is just typing is left alone. */
export function textForm(label: string, send: string, most: number, work: (text: string) => boolean) {
  const field = element("input");
  field.maxLength = most * 2;
  field.required = true;
  field.dir = "auto";
  const submit = element("button", { text: send });
  const form = element(
    "form",
    {},
    element("label", { class: "field" }, element("span", { text: label }), element("span", { class: "copy" }, field, submit)),
  );
  let shown = "";
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = readable(field.value, most);
    field.setAttribute("aria-invalid", String(text === undefined));
    if (text !== undefined && work(text)) field.blur();
  };
  return {
    element: form,
    show: (text: string) => {
      if (text !== shown && document.activeElement !== field) field.value = text;
      shown = text;
    },
  };
}

/** A switch that shows what the room says, but for a moment what was asked for. */
export function lock(says: string, more: string, work: (locked: boolean) => boolean) {
  const box = element("input", { class: "switch" });
  box.type = "checkbox";
  let askedAt = Number.NEGATIVE_INFINITY;
  box.onchange = () => {
    askedAt = performance.now();
    if (!work(box.checked)) box.checked = !box.checked;
  };
  const about = element("span", {}, element("b", { text: says }), element("small", { text: more }));
  return {
    element: element("label", { class: "check lock" }, box, about),
    show: (locked: boolean) => {
      if (performance.now() - askedAt > ASKED_MS) box.checked = locked;
    },
  };
}

/** Invitations to a private room: each is a link of its own, for one person. */
function invitationForm({ room }: PanelPage, ask: Ask) {
  const form = textForm(say.inviteName, say.makeInvitation, MAX_NAME, (name) => ask({ type: "invite-listener", name }));
  const label = element("span", { dir: "auto" });
  const output = element("output");
  const copy = button({ text: words.copy }, () => void copyFrom(copy, output.value));
  const made = element("div", { class: "field" }, label, element("div", { class: "copy" }, output, copy));
  made.hidden = true;
  return {
    element: element("div", { class: "stack" }, form.element, made),
    show: (isShown: boolean, ticket: TicketText | undefined) => {
      form.element.hidden = !isShown;
      if (ticket === undefined || ticket.role !== "listener") return;
      made.hidden = !isShown;
      write(label, say.invitation(ticket.name));
      output.value = `${location.origin}/rooms/${room}#ticket=${ticket.ticket}`;
      copy.setAttribute("aria-label", say.to(words.copy, ticket.name));
      output.setAttribute("aria-label", say.invitation(ticket.name));
    },
  };
}

/** Who is not let in any more, and what that is worth. */
function bans(ask: Ask) {
  const heading = element("h3", { text: say.bans });
  const none = element("p", { class: "hint", text: say.noBans });
  const people = element("ul", { class: "people" });
  const list = new List<Banned>(
    people,
    ({ session }) => session,
    ({ session }) => {
      const name = element("b", { dir: "auto" });
      const about = element("small");
      const unban = button({ text: say.unban }, () => ask({ type: "unban", session }));
      return {
        element: element("li", {}, element("span", { class: "who" }, name, about), unban),
        show: (one) => {
          write(name, one.name);
          write(about, one.address ? say.withAddress : "");
          unban.setAttribute("aria-label", say.to(say.unban, one.name));
        },
      };
    },
  );
  return {
    element: element("div", { class: "stack" }, heading, element("p", { class: "hint", text: say.hurdle }), none, people),
    show: (banned: readonly Banned[]) => {
      none.hidden = banned.length > 0;
      list.show(banned);
    },
  };
}
