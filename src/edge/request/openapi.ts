import type { Hono, MiddlewareHandler } from "hono";
import { describeRoute, generateSpecs, type ResponsesWithResolver, resolver } from "hono-openapi";
import { z } from "zod";
import { REFUSALS, type RefusalCode } from "../../core/room/refusals.ts";
import type { Env } from "../../objects/env.ts";
import { isProblemCode, PROBLEMS, type ProblemCode, statusOfRefusal } from "./problem.ts";

/** What routes are about, in the order in which they are shown. */
export const TAGS = {
  rooms: "Making rooms, and what anybody may know of them",
  stage: "What who is on stage may ask of the room, as on the stage's socket",
  running: "What who runs the room may ask of it besides",
  sound: "What is heard, live or later",
  operator: "For who runs this server",
} as const;

/** Who may call a route, and what he brings as `Authorization: Bearer …`. */
export const DOORS = {
  anybody: undefined,
  ticket: "A ticket of this room, as its maker, its hosts or an invitation give it out",
  listener: "Any ticket of this room where it is private; none where it is public",
  successor: "One of the two successor tickets that were given out when the room was made",
  "create-key": "The operator's CREATE_KEY; nothing where OPEN_CREATE is 1",
  "admin-key": "The operator's ADMIN_KEY; without one there is no such address",
} as const;

/** What stands in paths between slashes. */
const PARAMETERS: Readonly<Record<string, { readonly says: string; readonly schema: object; readonly example: string | number }>> = {
  room: { says: "The room's name", schema: { type: "string", pattern: "^[a-z0-9-]{3,64}$" }, example: "demo" },
  secret: { says: "What listeners are told; nobody can guess it", schema: { type: "string" }, example: "n5s1Yh0Jc2mQ7vK4xR8bTw" },
  epoch: { says: "One incarnation of the room's sound", schema: { type: "integer", minimum: 1 }, example: 1 },
  piece: { says: "`init.mp4`, or `<number>.m4s` as the playlist names it", schema: { type: "string" }, example: "init.mp4" },
  track: {
    says: "A person's number in the recording, and `.ogg`",
    schema: { type: "string", pattern: "^[1-9][0-9]*\\.ogg$" },
    example: "1.ogg",
  },
  index: { says: "Which two seconds of that epoch", schema: { type: "integer", minimum: 0 }, example: 7 },
};

/** A body, or an answer that has one. `type`: its media type, where it is not JSON. */
export type Said = { readonly says: string; readonly schema?: z.ZodType; readonly example?: unknown; readonly type?: string };

/**
 * What `/openapi.json` and `/api` say of a route. It stands as a constant beside the route's handler, with the schemas that the handler itself
 * parses by, and is given to `described` in app.ts.
 */
export type RouteSays = {
  /** What a generated client calls it: `createRoom`. */
  readonly name: string;
  readonly tag: keyof typeof TAGS;
  /** One line. */
  readonly summary: string;
  /** More, where there is more to say. */
  readonly about?: string;
  readonly door: keyof typeof DOORS;
  /** What may stand behind the `?`. */
  readonly query?: z.ZodObject;
  /** `optional`: none does as well. */
  readonly body?: { readonly schema: z.ZodType; readonly example: object; readonly optional?: true };
  /** By status: a sentence where there is no body. */
  readonly answers: Readonly<Record<number, string | Said>>;
  /** Every *no* that the route's handler itself may give; those of its door and its body are known. */
  readonly no?: readonly (ProblemCode | RefusalCode)[];
};

const ABOUT =
  "Every error is `application/problem+json` with a stable `code`. Tickets are JWTs that a room signs itself. Times are ISO 8601 or ms since " +
  "1970, durations ms. What listeners and who is on stage say and hear beside this goes over WebSockets: `src/core/wire/README.md` is their page.";

/** What each door says no with. */
const DOOR_NO: Readonly<Record<keyof typeof DOORS, readonly ProblemCode[]>> = {
  anybody: [],
  ticket: [
    "room-unknown",
    "room-moved",
    "room-ended",
    "ticket-missing",
    "ticket-invalid",
    "ticket-expired",
    "ticket-for-another-room",
    "ticket-role-wrong",
    "too-many-requests",
  ],
  listener: ["room-unknown", "listen-ticket-missing", "ticket-invalid", "ticket-expired", "ticket-for-another-room", "ticket-role-wrong"],
  successor: [
    "room-unknown",
    "ticket-missing",
    "ticket-invalid",
    "ticket-expired",
    "ticket-for-another-room",
    "ticket-role-wrong",
    "too-many-requests",
  ],
  "create-key": ["create-key-missing", "create-key-wrong", "too-many-requests"],
  "admin-key": ["not-found", "admin-key-wrong", "too-many-requests"],
};

/** Every error's body (RFC 9457). */
const Problem = z.object({
  type: z.string().meta({ examples: ["urn:canopy:problem:room-unknown"] }),
  title: z.string().describe("What the code means, for people"),
  status: z.int(),
  code: z.string().describe("Stable, for programs"),
  detail: z.string().describe("What happened here, for people"),
  room: z.string().optional().describe("With `room-moved`, from who would take the audience over: the room that has it now"),
});

export const HEALTHZ: RouteSays = {
  name: "readHealth",
  tag: "operator",
  summary: "Whether this server answers",
  door: "anybody",
  answers: { 200: { says: "It does", schema: z.object({ ok: z.literal(true) }) } },
};

export const OPENAPI: RouteSays = {
  name: "readDescription",
  tag: "operator",
  summary: "This description",
  door: "anybody",
  answers: { 200: { says: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } },
};

/** Says of the route that it stands before what `/openapi.json` is to say of it. It does nothing else. */
export function described(route: RouteSays): MiddlewareHandler<{ Bindings: Env }> {
  const { name, tag, summary, about, door, query, body, answers } = route;
  return describeRoute({
    operationId: name,
    tags: [tag],
    summary,
    ...(about === undefined ? {} : { description: about }),
    security: door === "anybody" ? [] : door === "listener" || door === "create-key" ? [{ [door]: [] }, {}] : [{ [door]: [] }],
    ...(query === undefined ? {} : { parameters: parametersOf(query) }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.optional !== true,
            content: { "application/json": { schema: resolver(body.schema), example: body.example } },
          },
        }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, said]) => [status, answerOf(said)])),
      ...problemsOf([
        ...DOOR_NO[door],
        ...(body === undefined ? [] : (["body-invalid", "body-too-large"] as const)),
        ...(route.no ?? []),
        "fault",
      ]),
    },
  });
}

function answerOf(said: string | Said): ResponsesWithResolver[string] {
  if (typeof said === "string") return { description: said };
  const { says, schema, example, type = "application/json" } = said;
  if (schema === undefined) return { description: says, content: { [type]: {} } };
  const media = { schema: resolver(schema), ...(example === undefined ? {} : { example }) };
  return { description: says, content: { [type]: media } };
}

/** By status, which codes may come, and what they say. */
function problemsOf(codes: readonly (ProblemCode | RefusalCode)[]): ResponsesWithResolver {
  const statusOf = (code: ProblemCode | RefusalCode) => (isProblemCode(code) ? PROBLEMS[code][0] : statusOfRefusal(code));
  return Object.fromEntries(
    [...new Set(codes.map(statusOf))].map((status) => {
      const some = [...new Set(codes)].filter((code) => statusOf(code) === status);
      const says = some.map((code) => `\`${code}\`: ${isProblemCode(code) ? PROBLEMS[code][1] : REFUSALS[code]}`);
      const schema = { allOf: [{ $ref: "#/components/schemas/Problem" }], properties: { code: { type: "string" as const, enum: some } } };
      return [String(status), { description: says.join("\n\n"), content: { "application/problem+json": { schema } } }];
    }),
  );
}

function parametersOf(query: z.ZodObject): { name: string; in: "query"; required: boolean; schema: object; description?: string }[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema !== "object") return [];
    const { description, ...rest } = schema;
    return [
      {
        name,
        in: "query" as const,
        required: required.includes(name),
        schema: rest,
        ...(description === undefined ? {} : { description }),
      },
    ];
  });
}

/** An OpenAPI 3.1 document. */
export type Description = Awaited<ReturnType<typeof generateSpecs>>;

/** The whole API as OpenAPI 3.1, made once in an isolate's life from what `app` says of its routes. */
export async function descriptionOf(app: Hono<{ Bindings: Env }>, origin: string): Promise<Description> {
  const made = await (descriptions.get(app) ?? keep(app));
  return { ...made, servers: [{ url: origin }] };
}

const descriptions = new WeakMap<Hono<{ Bindings: Env }>, Promise<Description>>();

function keep(app: Hono<{ Bindings: Env }>): Promise<Description> {
  const making = generate(app);
  descriptions.set(app, making);
  return making;
}

async function generate(app: Hono<{ Bindings: Env }>): Promise<Description> {
  const { schema: problemSchema } = await resolver(Problem).toOpenAPISchema();
  const made = await generateSpecs(app, {
    excludeStaticFile: false,
    documentation: {
      info: {
        title: "Canopy",
        version: "1",
        summary: "Live audio rooms that a crowd cannot melt",
        description: ABOUT,
      },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        schemas: { Problem: problemSchema },
        securitySchemes: Object.fromEntries(
          Object.entries(DOORS).flatMap(([door, description]) => {
            return description === undefined ? [] : [[door, { type: "http" as const, scheme: "bearer", description }]];
          }),
        ),
      },
    },
  });
  for (const path of Object.values(made.paths ?? {})) {
    for (const operation of Object.values(path ?? {})) nameParameters(operation);
  }
  return made;
}

/** What the library knows of a path's parameters is their names. */
function nameParameters(operation: unknown): void {
  if (typeof operation !== "object" || operation === null || !("parameters" in operation) || !Array.isArray(operation.parameters)) return;
  for (const parameter of operation.parameters) {
    const known = parameter.in === "path" ? PARAMETERS[parameter.name] : undefined;
    if (known !== undefined) Object.assign(parameter, { description: known.says, schema: known.schema, example: known.example });
  }
}
