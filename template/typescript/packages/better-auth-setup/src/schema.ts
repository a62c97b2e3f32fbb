import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { answerIn } from "./answer.ts";
import { manifest } from "./packages.ts";
import { providers, type Provider } from "./providers.ts";
import { Problem, reasonOf } from "./report.ts";
import { environment } from "./settings.ts";
import { node, program } from "./run.ts";

// Strings stay, as they may contain what looks like a comment.
const comment =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g;

const places = { schema: "prisma/schema.prisma", migrations: "prisma/migrations" };

/**
 * Reads the schema's path from the project's Prisma configuration, which is evaluated because it may
 * compute the path: `schema: path.join("prisma")`.
 *
 * @throws a Problem if it cannot be evaluated
 */
export async function locate(): Promise<void> {
  const { status, output } = await node(program("read-config"), [], { env: environment() });
  const found = answerIn<Partial<typeof places> & { config?: string }>(output);
  if (status !== 0 || !found) {
    const reason = status === 0 ? "it ends the process" : reasonOf(output);
    throw new Problem(`The Prisma configuration cannot be read: ${reason}.`);
  }
  use(found.schema ?? usual(found.config));
  if (found.migrations) places.migrations = relative(".", found.migrations);
}

/** Where Prisma looks if its configuration names no schema. */
function usual(config = ""): string {
  const found = existsSync("schema.prisma") ? "schema.prisma" : places.schema;
  // Prisma ignores a function given to defineConfig(), and `exports.default`.
  const code = config && readFileSync(config, "utf8").replace(comment, (all, text) => text ?? "");
  if (/(?<![\w/.-])schema\b["']?\s*[:,}(]/.test(code)) {
    throw new Problem(
      `Give schema in ${relative(".", config)} a path: it mentions one, but Prisma finds none ` +
        "there. Or name your schema with --schema.",
    );
  }
  const old = manifest(".").prisma?.schema;
  if (typeof old === "string" && relative(".", old) !== found) {
    throw new Problem(
      `Write schema: "${old}" into prisma.config.ts: Prisma 7 does not read prisma.schema of ` +
        "package.json.",
    );
  }
  return found;
}

/** Uses this schema file or folder instead of the configured one. */
export function use(schema: string): void {
  places.schema = relative(".", resolve(schema)) || ".";
  places.migrations = join(isFolder() ? places.schema : join(places.schema, ".."), "migrations");
}

/** The schema's file or folder. */
export const schemaPath = (): string => places.schema;

/** The folder of the migrations. */
export const migrationsPath = (): string => places.migrations;

function isFolder(): boolean {
  return existsSync(places.schema) && statSync(places.schema).isDirectory();
}

/** The schema's files with their texts. */
export function schemaFiles(): { path: string; text: string }[] {
  const { schema } = places;
  if (!existsSync(schema)) {
    throw new Problem(
      `prisma.config.ts names ${schema}, which does not exist. If you moved it, name its new place ` +
        `there; else restore it from git (git log --stat -- ${schema} shows where it went). ` +
        "Setup then adds what updates brought meanwhile.",
    );
  }
  const names = isFolder() ? readdirSync(schema, { recursive: true, encoding: "utf8" }) : [];
  const parts = names.filter((name) => name.endsWith(".prisma")).sort();
  if (isFolder() && parts.length === 0) throw new Problem(`There is no Prisma file in ${schema}.`);
  const paths = isFolder() ? parts.map((name) => join(schema, name)) : [schema];
  return paths.map((path) => ({ path, text: fileText(path) }));
}

function fileText(path: string): string {
  const content = readFileSync(path);
  if (!isUtf8(content)) throw new Problem(`Save ${path} as UTF-8: Prisma reads no other encoding.`);
  const text = content.toString();
  if (text.startsWith("\ufeff")) {
    throw new Problem(`Save ${path} without a byte order mark: Prisma takes it for a word.`);
  }
  return text;
}

/** The schema's text: that of all files, if it is a folder. */
export function schemaText(): string {
  return schemaFiles()
    .map(({ text }) => text)
    .join("\n");
}

/** A schema without its comments; line numbers stay the same. */
export function withoutComments(schema: string): string {
  const bare = schema.replace(
    /"(?:\\.|[^"\\\n])*"|[ \t]*\/\/[^\n]*|[ \t]*\/\*[^]*?\*\/[ \t]*/g,
    (found) => (found.startsWith('"') ? found : found.replace(/[^\n]/g, "") || " "),
  );
  // better-auth's generator cannot read a blank at the end of a line.
  return bare.replace(/[ \t]+$/gm, "");
}

/**
 * The provider of the schema's datasource.
 *
 * @throws a Problem if it has none, or one that better-auth cannot use
 */
export function provider(): Provider {
  const text = withoutComments(schemaText());
  const [, name = ""] = /^\s*datasource[^{]*\{[^}]*?\bprovider\s*=\s*"(\w+)"/m.exec(text) ?? [];
  const usual = name === "postgres" ? "postgresql" : name;
  const found = providers.find((one) => one.name === usual);
  if (!found) {
    throw new Problem(
      `The datasource of ${schemaPath()} must have one of these providers: ` +
        `${providers.map((one) => one.name).join(", ")}.`,
    );
  }
  return found;
}
