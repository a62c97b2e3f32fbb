import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { providers, type Provider } from "./providers.ts";
import { Problem } from "./report.ts";

/** The schema's file, or its folder, by prisma.config.ts, else Prisma's usual file. */
export function schemaPath(): string {
  const config = existsSync("prisma.config.ts") ? readFileSync("prisma.config.ts", "utf8") : "";
  return /^\s*schema:\s*["']([^"']+)["']/m.exec(config)?.[1] ?? "prisma/schema.prisma";
}

/** Whether the schema is a folder of files, to which nobody but you can add a line. */
export function isFolder(): boolean {
  return statSync(schemaPath()).isDirectory();
}

/** The text of the schema; of all of its files, if it is a folder. */
export function schemaText(): string {
  const path = schemaPath();
  if (!existsSync(path)) {
    throw new Problem(
      `prisma.config.ts names ${path}, which does not exist. If you moved it, name its new place ` +
        `there; else take it back from git (git log --stat -- ${path} shows where it went). ` +
        "Setup then adds what updates brought meanwhile.",
    );
  }
  if (!isFolder()) return readFileSync(path, "utf8");
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".prisma")).sort();
  return files.map((name) => readFileSync(join(path, name), "utf8")).join("\n");
}

/** The kind of database that the schema's datasource names. */
export function provider(): Provider {
  const [, name = ""] = /datasource[^{]*\{[^}]*provider\s*=\s*"(\w+)"/.exec(schemaText()) ?? [];
  const found = name === "postgres" ? "postgresql" : name;
  if (!Object.hasOwn(providers, found)) {
    throw new Problem(`The datasource of ${schemaPath()} names no provider that Prisma 7 knows.`);
  }
  return found as Provider;
}

/** A field of a model, as far as setup compares it. */
export type Field = { type: string; attributes: string };

/** By model, its fields by name and its block attributes. */
export type Model = { fields: Map<string, Field>; attributes: string[] };

/** The models of a schema, by name. */
export function models(schema: string): Map<string, Model> {
  const found = new Map<string, Model>();
  for (const [, name = "", body = ""] of schema.matchAll(/^model (\w+) *\{([^]*?)^\}/gm)) {
    const model: Model = { fields: new Map(), attributes: [] };
    for (const line of body.split("\n").map((text) => text.replace(/\s*\/\/.*/, "").trim())) {
      const [, field, type = "", attributes = ""] = /^(\w+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
      if (line.startsWith("@@")) model.attributes.push(line);
      else if (field) model.fields.set(field, { type, attributes });
    }
    found.set(name, model);
  }
  return found;
}
