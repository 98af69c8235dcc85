import { z } from "zod";
import { MOST_KEEP_DAYS } from "../../core/room/recording.ts";
import type { RefusalCode } from "../../core/room/refusals.ts";
import { DEEDS, type Verb } from "../../core/room/verbs.ts";
import { MAX_CAPTION, MAX_NAME, MAX_TITLE, readable } from "../../core/text.ts";
import type { RouteSays } from "../request/openapi.ts";
import type { ProblemCode } from "../request/problem.ts";
import { ScheduleVerb } from "../rooms/schedule.ts";

/** What the API's description says of a verb. */
type VerbSays = {
  readonly about?: string;
  /**
   * What must, or may, be said with it: the same bodies are taken here and by the one door of the wire (core/wire/stage-says.ts), which has no
   * such schemas since pages use it too; a property test holds the two together.
   */
  readonly fields: z.ZodObject;
  readonly example?: object;
  /** Every *no* beyond those of the door and of who may. */
  readonly no?: readonly RefusalCode[];
  /** What may be wrong with what was said, beyond its shape. */
  readonly problems?: readonly ProblemCode[];
  /** Only who runs the room may; else anybody on stage, for himself. */
  readonly hosts?: true;
  /** What comes back, where it is more than that it is done. */
  readonly answer?: RouteSays["answers"][number];
};

const SESSION = "speaker-6c1d7a52-8f0e-4f0b-9d5e-1a2b3c4d5e6f";

const session = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, "session is one of those that the room's states name")
  .describe("Whom: as `backstage` and the room's states name him");
const question = z.string().max(64).describe("A question's id, as `backstage` names it");

/** Text that people read, by the one rule of what can be read. */
function text(what: string, most: number): z.ZodString {
  return z
    .string()
    .refine((said) => readable(said, most) !== undefined, `${what} has 1 to ${most} characters that can be read`)
    .meta({ minLength: 1, maxLength: most });
}

// What a newer client says beside it is nobody's concern: the door does not look at it either.
const nothing = z.looseObject({});
const who = z.looseObject({ session });
const locked = z.looseObject({ locked: z.boolean() });
const below = ["outranked", "not-yourself"] as const;

/** Every verb that may be asked by HTTP. */
export const VERBS: Readonly<Record<Verb, VerbSays>> = {
  "on-air": {
    about: "His page must be connected to the stage: sound comes over its socket.",
    fields: nothing,
    no: ["no-line", "doors-closed"],
  },
  "off-air": { fields: nothing, no: ["no-line"] },
  check: { about: "The stage hears him, the audience does not, until `on-air` or `off-air`.", fields: nothing, no: ["no-line"] },
  mute: {
    about: "Without a session oneself. Nobody opens a microphone that its owner has closed himself.",
    fields: z.looseObject({
      muted: z.boolean(),
      session: session.optional(),
      lock: z.boolean().optional().describe("Only who runs the room opens it again"),
      again: z.boolean().optional().describe("A page says again what it is: no locked microphone is opened by it, and nothing is refused"),
    }),
    example: { muted: true, session: SESSION },
    no: ["mute-locked", "outranked", "not-on-stage"],
  },
  "mute-all": {
    about: "Everybody whom he may mute, but himself.",
    fields: z.looseObject({ lock: z.boolean().optional().describe("Only who runs the room opens them again") }),
    example: { lock: true },
    hosts: true,
  },
  invite: {
    about: "Grants a raised hand, or asks somebody up who raised none. He comes by a click of his own.",
    fields: who,
    hosts: true,
    no: ["on-stage-already", "kept-out", "stage-locked", "stage-full", "not-yourself"],
  },
  decline: {
    about: "Says no to a hand, or takes an invitation back.",
    fields: who,
    hosts: true,
    no: ["no-hand", "not-yourself"],
  },
  demote: { about: "Back among the listeners.", fields: who, hosts: true, no: ["not-on-stage", ...below] },
  standby: {
    about: "His sound is kept out until nobody before him sounds, and out again when they are back.",
    fields: z.looseObject({ on: z.boolean() }),
    example: { on: true },
    no: ["no-line"],
  },
  "step-down": { fields: nothing, no: ["host-stays"] },
  remove: { about: "Out of the room, and his ticket with him.", fields: who, hosts: true, no: ["kept-out-full", ...below] },
  ban: {
    fields: z.looseObject({ session, address: z.boolean().optional().describe("And whoever comes from where he came from, for a day") }),
    example: { session: SESSION, address: true },
    hosts: true,
    no: ["kept-out-full", ...below],
  },
  unban: { fields: who, hosts: true, no: ["not-kept-out", "not-yourself"] },
  "lock-stage": { about: "Nobody new comes up, no hand is raised.", fields: locked, example: { locked: true }, hosts: true },
  "lock-room": { about: "Private: who comes to listen needs a ticket.", fields: locked, example: { locked: true }, hosts: true },
  record: {
    about: "What is said from here on is kept, or is not any more; everybody is told. A part of it can be deleted only with all of it.",
    fields: z.looseObject({
      on: z.boolean(),
      keepDays: z.int().min(1).max(MOST_KEEP_DAYS).optional().describe("For how long after the room's end; 30 if nobody ever said"),
    }),
    example: { on: true, keepDays: 30 },
    hosts: true,
    no: ["recording-unavailable"],
  },
  rename: { fields: z.looseObject({ title: text("title", MAX_TITLE) }), example: { title: "Friday talk, second part" }, hosts: true },
  "call-me": { fields: z.looseObject({ name: text("name", MAX_NAME) }), example: { name: "Ada" }, no: ["no-line"] },
  appoint: {
    about: "Makes a speaker a co-host; only the host changes who holds which rank.",
    fields: z.looseObject({ session, rank: z.literal([1, 2]) }),
    example: { session: SESSION, rank: 1 },
    hosts: true,
    no: ["not-on-stage", "co-hosts-full", "host-only", ...below],
  },
  dismiss: { about: "Makes a co-host a speaker again.", fields: who, hosts: true, no: ["not-a-co-host", ...below] },
  transfer: {
    about: "Makes somebody else the host, and the host his first co-host. A co-host may do it once he may take over.",
    fields: who,
    hosts: true,
    no: ["not-on-stage", "not-here", "co-hosts-full", "host-is-here", "not-your-turn", "not-yourself"],
  },
  "take-over": {
    about: "A co-host takes the room over from a host who is gone.",
    fields: nothing,
    no: ["co-hosts-only", "host-is-here", "not-your-turn"],
  },
  pin: {
    about: "Shows one question to all; without one, none.",
    fields: z.looseObject({ question: question.optional() }),
    example: { question: "q-1" },
    hosts: true,
    no: ["question-unknown"],
  },
  answer: {
    about: "A question is dealt with, and leaves the queue.",
    fields: z.looseObject({ question }),
    example: { question: "q-1" },
    hosts: true,
    no: ["question-unknown"],
  },
  "invite-listener": {
    about: "An invitation to listen, whether or not the room is private.",
    fields: z.looseObject({ name: text("name", MAX_NAME) }),
    example: { name: "Ada" },
    hosts: true,
    answer: {
      says: "His ticket",
      schema: z.object({ ticket: z.string().describe("Opens `listen`; 30 days") }),
      example: { ticket: "eyJhbGciOiJFZERTQSJ9…" },
    },
  },
  caption: {
    about: "What is being said, in words; for somebody else with his session. Shown under the player, and kept only where the sound is.",
    fields: z.looseObject({
      id: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,40}$/)
        .describe("The same for a line until it is final"),
      text: text("text", MAX_CAPTION),
      final: z.boolean().optional().describe("It will not change any more"),
      session: session.optional(),
      from: z.number().optional().describe("When it began, in ms of room time; now where it is missing"),
      to: z.number().optional().describe("When it ended, likewise"),
    }),
    example: { id: "line-7", text: "Good evening, everybody", final: true },
    no: ["caption-off-air", "caption-final", "caption-too-often", "hosts-only"],
  },
  schedule: {
    about: 'Announces when the doors open, or another time for it; until then nobody goes on air. `{"cancel": true}` calls it off.',
    fields: ScheduleVerb,
    example: {
      opensAt: "2030-12-24T20:00",
      timeZone: "Europe/Berlin",
      minutes: 90,
      about: "Carols and tea",
      speakers: ["Ada"],
      expect: 5_000,
    },
    hosts: true,
    no: ["opens-too-soon", "opens-too-late", "live-already", "not-scheduled"],
    problems: ["schedule-invalid", "time-zone-unknown", "time-missing", "time-twice"],
  },
  "open-doors": { about: "Before their time.", fields: nothing, hosts: true, no: ["doors-open"] },
  end: { about: "For everybody, and for good.", fields: nothing, hosts: true },
};

/** Every verb's route, as the API's description tells it. */
export const VERB_ROUTES: readonly { readonly verb: string; readonly says: RouteSays }[] = Object.entries(VERBS).map(([verb, says]) => {
  return { verb, says: routeOf(verb, says) };
});

function routeOf(verb: string, { about, fields, example, no = [], problems = [], hosts, answer }: VerbSays): RouteSays {
  const optional = fields.safeParse({}).success;
  const deed = Object.entries(DEEDS).find(([name]) => name === verb)?.[1] ?? verb;
  const shown = example ?? (fields.safeParse({ session: SESSION }).success && !optional ? { session: SESSION } : {});
  return {
    name: verb.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tag: hosts === true ? "running" : "stage",
    summary: `${deed.charAt(0).toUpperCase()}${deed.slice(1)}`,
    ...(about === undefined ? {} : { about }),
    door: "ticket",
    body: { schema: fields, example: shown, ...(optional ? { optional } : {}) },
    answers: answer === undefined ? { 204: "It is done" } : { 200: answer },
    no: [...(hosts === true ? (["hosts-only"] as const) : (["not-on-stage"] as const)), ...no, ...problems, "removed", "too-many-verbs"],
  };
}
