import { readFile } from "node:fs/promises";
import { parse } from "smol-toml";
import { fieldsOf, Halt } from "../problem.ts";

/** What the embedded server needs to know of wrangler.toml, so that it is said in one place only. */
export type WranglerSettings = {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly objects: readonly { readonly binding: string; readonly className: string; readonly sqlite: boolean }[];
  readonly assetsBinding: string;
  readonly vars: Readonly<Record<string, string>>;
};

/** Reads wrangler.toml. @throws Halt that names what is missing */
export async function readWranglerSettings(path: string): Promise<WranglerSettings> {
  const settings = fieldsOf(parse(await readFile(path, "utf8")));
  const sqlite = new Set(listOf(settings["migrations"]).flatMap((migration) => listOf(fieldsOf(migration)["new_sqlite_classes"])));
  const objects = listOf(fieldsOf(settings["durable_objects"])["bindings"]).map((binding) => {
    const { name, class_name: className } = fieldsOf(binding);
    return {
      binding: textOf(name, "durable_objects.bindings.name"),
      className: textOf(className, "class_name"),
      sqlite: sqlite.has(className),
    };
  });
  return {
    compatibilityDate: textOf(settings["compatibility_date"], "compatibility_date"),
    compatibilityFlags: listOf(settings["compatibility_flags"]).map((flag) => textOf(flag, "compatibility_flags")),
    objects,
    assetsBinding: textOf(fieldsOf(settings["assets"])["binding"], "assets.binding"),
    vars: Object.fromEntries(Object.entries(fieldsOf(settings["vars"])).map(([name, value]) => [name, String(value)])),
  };
}

function listOf(said: unknown): readonly unknown[] {
  return Array.isArray(said) ? said : [];
}

function textOf(said: unknown, key: string): string {
  if (typeof said !== "string") throw new Halt(`wrangler.toml lacks ${key}, which the embedded server reads from it.`);
  return said;
}
