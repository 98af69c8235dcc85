import { describe, expect, it } from "vitest";
import type { SessionId } from "../../../src/core/ids.ts";
import { may } from "../../../src/core/room/roles.ts";
import { DEEDS, type Deed, type Verb } from "../../../src/core/room/verbs.ts";
import { aStage, FIRST, HOST, LISTENER, type Play, SECOND, SPEAKER, session } from "./people.ts";

const OTHER = session("another-listener");
const QUESTION = "question-1";
const ACTORS = { host: HOST, first: FIRST, second: SECOND, speaker: SPEAKER, listener: LISTENER };
type Who = keyof typeof ACTORS;
const EVERYBODY: readonly Who[] = ["host", "first", "second", "speaker", "listener"];

/** Who may do what to nobody in particular; `-` is the reason why not. By hand, so that the table cannot agree with its own mistake. */
const ALONE: Record<string, Record<Who, string>> = {
  "on-air": { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  "off-air": { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  check: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  standby: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  mute: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  caption: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  "call-me": { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  "step-down": { host: "host-stays", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
  "mute-all": { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  "lock-stage": { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  "lock-room": { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  rename: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  pin: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  answer: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  "invite-listener": { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  record: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  schedule: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  "open-doors": { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  end: { host: "yes", first: "yes", second: "yes", speaker: "hosts-only", listener: "hosts-only" },
  // The host is here.
  "take-over": {
    host: "co-hosts-only",
    first: "host-is-here",
    second: "host-is-here",
    speaker: "co-hosts-only",
    listener: "co-hosts-only",
  },
};

const NO_HOST = { host: "hosts-only", first: "hosts-only", second: "hosts-only", speaker: "hosts-only", listener: "hosts-only" };

/** Who may do what to whom: actor, then target. */
const UPON: Record<string, Record<Who, Record<Who, string>>> = {
  mute: {
    host: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
    first: { host: "outranked", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
    second: { host: "outranked", first: "outranked", second: "yes", speaker: "yes", listener: "not-on-stage" },
    speaker: { ...NO_HOST, speaker: "yes" },
    listener: { ...NO_HOST, listener: "not-on-stage" },
  },
  caption: {
    host: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
    first: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
    second: { host: "yes", first: "yes", second: "yes", speaker: "yes", listener: "not-on-stage" },
    speaker: { ...NO_HOST, speaker: "yes" },
    listener: { ...NO_HOST, listener: "not-on-stage" },
  },
  demote: below({ listener: "not-on-stage" }),
  remove: below({}),
  ban: below({}),
  appoint: {
    host: { host: "not-yourself", first: "yes", second: "yes", speaker: "co-hosts-full", listener: "not-on-stage" },
    first: { host: "outranked", first: "not-yourself", second: "host-only", speaker: "host-only", listener: "not-on-stage" },
    second: { host: "outranked", first: "outranked", second: "not-yourself", speaker: "host-only", listener: "not-on-stage" },
    speaker: NO_HOST,
    listener: NO_HOST,
  },
  dismiss: {
    host: { host: "not-yourself", first: "yes", second: "yes", speaker: "not-a-co-host", listener: "not-a-co-host" },
    first: { host: "outranked", first: "not-yourself", second: "yes", speaker: "not-a-co-host", listener: "not-a-co-host" },
    second: { host: "outranked", first: "outranked", second: "not-yourself", speaker: "not-a-co-host", listener: "not-a-co-host" },
    speaker: NO_HOST,
    listener: NO_HOST,
  },
  transfer: {
    host: { host: "not-yourself", first: "yes", second: "yes", speaker: "co-hosts-full", listener: "not-on-stage" },
    first: { host: "host-is-here", first: "not-yourself", second: "host-is-here", speaker: "host-is-here", listener: "not-on-stage" },
    second: { host: "host-is-here", first: "host-is-here", second: "not-yourself", speaker: "host-is-here", listener: "not-on-stage" },
    speaker: NO_HOST,
    listener: NO_HOST,
  },
  invite: upListener("on-stage-already"),
  decline: upListener("no-hand"),
  unban: upListener("not-kept-out"),
};

/** What the host does to all, and a co-host to who comes after him. */
function below(others: Partial<Record<Who, string>>): Record<Who, Record<Who, string>> {
  return {
    host: { host: "not-yourself", first: "yes", second: "yes", speaker: "yes", listener: "yes", ...others },
    first: { host: "outranked", first: "not-yourself", second: "yes", speaker: "yes", listener: "yes", ...others },
    second: { host: "outranked", first: "outranked", second: "not-yourself", speaker: "yes", listener: "yes", ...others },
    speaker: NO_HOST,
    listener: NO_HOST,
  };
}

/** What hosts do to listeners alone. */
function upListener(others: string): Record<Who, Record<Who, string>> {
  const upon = (own: Who) => ({ host: others, first: others, second: others, speaker: others, [own]: "not-yourself", listener: "yes" });
  return { host: upon("host"), first: upon("first"), second: upon("second"), speaker: NO_HOST, listener: NO_HOST };
}

const EVENING = { opensAt: 2_000_000, timeZone: "Europe/Berlin", speakers: [] };

/** A stage on which every verb has something to do. */
function ready(verb: string): Play {
  const play = aStage();
  play.event({ type: "question", id: QUESTION, session: LISTENER, name: "Lis", text: "Why?" });
  if (verb === "decline") play.raises(LISTENER);
  if (verb === "schedule" || verb === "open-doors") play.asks(HOST, { type: "schedule", schedule: EVENING });
  if (verb === "unban") play.asks(HOST, { type: "ban", session: LISTENER, address: false });
  return play;
}

function deedOf(verb: Verb, target: SessionId | undefined): Deed {
  const upon = target ?? LISTENER;
  switch (verb) {
    case "mute":
      return target === undefined ? { type: verb, muted: true } : { type: verb, muted: true, session: target };
    case "caption": {
      const said = { type: verb, id: "line-1", text: "Words", final: true } as const;
      return target === undefined ? said : { ...said, session: target };
    }
    case "mute-all":
      return { type: verb, lock: true };
    case "record":
      return { type: verb, on: true };
    case "lock-stage":
    case "lock-room":
      return { type: verb, locked: true };
    case "standby":
      return { type: verb, on: true };
    case "rename":
      return { type: verb, title: "Another title" };
    case "call-me":
    case "invite-listener":
      return { type: verb, name: "Another name" };
    case "schedule":
      return { type: verb, schedule: EVENING };
    case "pin":
    case "answer":
      return { type: verb, question: QUESTION };
    case "appoint":
      return { type: verb, session: upon, rank: 1 };
    case "ban":
      return { type: verb, session: upon, address: false };
    case "invite":
    case "decline":
    case "demote":
    case "remove":
    case "unban":
    case "dismiss":
    case "transfer":
      return { type: verb, session: upon };
    default:
      return { type: verb };
  }
}

function outcome(play: Play): string {
  return play.refused ?? "yes";
}

describe("every role and every verb", () => {
  it("stand in the tables below", () => {
    const tried = new Set([...Object.keys(ALONE), ...Object.keys(UPON), "expect", "backstage", "delete-recording", "evening"]);
    expect([...tried].sort()).toEqual(Object.keys(DEEDS).sort());
  });

  for (const [verb, expected] of Object.entries(ALONE)) {
    it(`${verb}: ${EVERYBODY.map((who) => `${who} ${expected[who]}`).join(", ")}`, () => {
      for (const who of EVERYBODY) {
        const play = ready(verb);
        const before = play.room;
        play.asks(ACTORS[who], deedOf(verb as Verb, undefined));
        expect(outcome(play), who).toBe(expected[who]);
        if (expected[who] !== "yes") expect(play.room, `${who} was refused, and changed something`).toBe(before);
      }
    });
  }

  for (const [verb, rows] of Object.entries(UPON)) {
    it(`${verb} to whom`, () => {
      for (const actor of EVERYBODY) {
        for (const target of EVERYBODY) {
          const play = ready(verb);
          const before = play.room;
          const upon = actor === "listener" && target === "listener" && verb !== "mute" && verb !== "caption" ? OTHER : ACTORS[target];
          play.asks(ACTORS[actor], deedOf(verb as Verb, upon));
          expect(outcome(play), `${actor} to ${target}`).toBe(rows[actor][target]);
          if (rows[actor][target] !== "yes") expect(play.room, `${actor} to ${target}`).toBe(before);
        }
      }
    });
  }

  it("a crowd is announced by who runs the room", () => {
    expect(may({ role: "host" }, "expect")).toBe(true);
    expect(may({ role: "co-host", rank: 2 }, "expect")).toBe(true);
    expect(may({ role: "speaker" }, "expect")).toMatchObject({ code: "hosts-only" });
    expect(may({ role: "listener" }, "expect")).toMatchObject({ code: "hosts-only" });
  });

  it("a no says what it is about, in a sentence", () => {
    for (const verb of Object.keys(DEEDS) as Verb[]) {
      const said = may({ role: "listener" }, verb, "self");
      expect(said === true ? "" : said.says).toMatch(/^(Only|You) .{10,}/);
    }
    expect(may({ role: "speaker" }, "ban", { role: "listener" })).toEqual({
      code: "hosts-only",
      says: "Only the host and co-hosts can ban people",
    });
  });
});
