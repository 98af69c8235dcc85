import type { Context } from "hono";
import { type Fields, isFields } from "../../core/json.ts";
import type { Env } from "../../objects/env.ts";
import { ApiPage, type Operation } from "../../pages/api.tsx";
import { wordsFor } from "../request/language.ts";
import { type Description, DOORS, TAGS } from "../request/openapi.ts";
import { documentOf } from "./pages.tsx";

/** `/api`: what `/openapi.json` says, for people. */
export function apiPage(c: Context<{ Bindings: Env }>, description: Description): Response | Promise<Response> {
  const origin = new URL(c.req.url).origin;
  const told = Object.entries(description.paths ?? {}).flatMap(([path, item]) =>
    (["get", "post", "delete", "head"] as const).flatMap((method) => {
      const operation = item?.[method];
      return operation === undefined ? [] : [{ tag: operation.tags?.[0], shown: shownOf(origin, path, method.toUpperCase(), operation) }];
    }),
  );
  const groups = Object.entries(TAGS).map(([name, about]) => ({
    about,
    operations: told.filter(({ tag }) => tag === name).map(({ shown }) => shown),
  }));
  return documentOf(c, <ApiPage words={wordsFor(c)} groups={groups} />);
}

type Path = NonNullable<NonNullable<Description["paths"]>[string]>;

function shownOf(origin: string, path: string, method: string, operation: NonNullable<Path["get"]>): Operation {
  const doors = (operation.security ?? []).flatMap((door) => Object.keys(door));
  const door = Object.entries(DOORS).find(([name]) => doors.includes(name))?.[1];
  const media = isFields(operation.requestBody) && isFields(operation.requestBody["content"]) ? operation.requestBody["content"] : {};
  const body = media["application/json"];
  const answers = Object.entries(operation.responses ?? {}).map(([status, said]): { status: string; said: Fields } => {
    return { status, said: isFields(said) ? said : {} };
  });
  const isProblem = (said: object) => JSON.stringify(said).includes("application/problem+json");
  const query = (operation.parameters ?? []).flatMap((one) => ("in" in one && one.in === "query" ? [one] : []));
  return {
    name: operation.operationId ?? path,
    method,
    path,
    summary: operation.summary ?? "",
    about: operation.description,
    door,
    fields: [
      ...query.map(({ name, schema, required, description }) => {
        return { name: `?${name}`, type: typeOf(schema), needed: required === true, says: description ?? "" };
      }),
      ...fieldsOf(isFields(body) ? body["schema"] : undefined),
    ],
    curl: answers.some(({ status }) => status === "101")
      ? undefined
      : curlOf(`${origin}${examplePath(path)}`, method, door !== undefined, isFields(body) ? body["example"] : undefined),
    answers: answers.filter(({ said }) => !isProblem(said)).map(({ status, said }) => ({ status, says: String(said["description"]) })),
    noes: answers
      .filter(({ said }) => isProblem(said))
      .map(({ status, said }) => ({
        status,
        codes: [...String(said["description"]).matchAll(/^`([\w-]+)`/gm)].map(([, code]) => code).join(", "),
      })),
  };
}

/** A line for a shell, in which `$TICKET` is what one brings. */
function curlOf(url: string, method: string, isClosed: boolean, example: unknown): string {
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}${url}`,
    ...(isClosed ? ['-H "Authorization: Bearer $TICKET"'] : []),
    ...(isFields(example) && Object.keys(example).length > 0 ? [`-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`] : []),
  ].join(" \\\n  ");
}

/** The path with what its parameters may be. */
function examplePath(path: string): string {
  return path
    .replace("{room}", "demo")
    .replace(/\{(epoch|index|track)\}/g, "1")
    .replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
}

function fieldsOf(schema: unknown): Operation["fields"] {
  if (!isFields(schema) || !isFields(schema["properties"])) return [];
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(schema["properties"]).map(([name, of]) => {
    const says = isFields(of) && typeof of["description"] === "string" ? of["description"] : "";
    return { name, type: typeOf(of), needed: required.includes(name), says };
  });
}

/** A schema in a word or two. */
function typeOf(schema: unknown): string {
  if (!isFields(schema)) return "";
  const { type, enum: some, const: one, anyOf, items, properties } = schema;
  if (Array.isArray(some)) return some.join(" | ");
  if (one !== undefined) return String(one);
  if (Array.isArray(anyOf)) return anyOf.map(typeOf).join(" or ");
  if (type === "array") return `list of ${typeOf(items)}`;
  if (isFields(properties)) return `{${Object.keys(properties).join(", ")}}`;
  return typeof type === "string" ? type : "";
}
