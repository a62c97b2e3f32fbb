import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { install } from "./packages.ts";
import { Problem, reasonOf } from "./report.ts";
import { cache, command, node, packageFolder, wasmEngine, type Result } from "./run.ts";
import { directUrl, environment, origin, setting } from "./settings.ts";
import { provider, schemaFiles, schemaPath, schemaText, withoutComments } from "./schema.ts";

const installed = join(dirname(wasmEngine), "node_modules/.package-lock.json");

/** Runs Prisma's CLI, which gets database and engine from prisma.config.ts. */
export function prisma(args: string[], more: Record<string, string> = {}): Promise<Result> {
  const all: Record<string, string> = { ...environment(), ...more };
  const isNamed = Boolean(all["PRISMA_SCHEMA_ENGINE_BINARY"]);
  const env = existsSync(installed) && !isNamed ? masked(all) : all;
  return node(command("prisma"), args, { env });
}

/**
 * The environment with placeholders for the passwords of database URLs. The CLI passes the URL to the
 * engine as an argument, which other users can see in the process list; our engine replaces the
 * placeholders.
 */
function masked(env: Record<string, string>): Record<string, string> {
  const result = { ...env, PRISMA_SCHEMA_ENGINE_BINARY: wasmEngine };
  for (const [key, value] of Object.entries(env)) {
    const [, start, password, end] =
      /^(postgres(?:ql)?:\/\/[^:@/?]*:)([^@/?]+)(@.*)$/s.exec(value) ?? [];
    if (!password) continue;
    const name = `PASSWORD_OF_${key}`;
    Object.assign(result, { [key]: `${start}${name}${end}`, [name]: password });
  }
  return result;
}

/**
 * Ensures that Prisma has a schema engine: its WebAssembly build from npm, or the native one where there
 * is no build. The CLI gives the native one the password as an argument, which other users can see, and a
 * failure of it can leave SQLite without a table that it was about to replace.
 */
export async function engine(change: boolean): Promise<string> {
  if (existsSync(join(dirname(wasmEngine), "node_modules"))) {
    await install(dirname(wasmEngine), change);
    return "WebAssembly schema engine";
  }
  if (setting("PRISMA_SCHEMA_ENGINE_BINARY"))
    return "its schema engine is named by PRISMA_SCHEMA_ENGINE_BINARY";
  const { name, wasm } = provider();
  if (!wasm) {
    const engines = packageFolder("@prisma/engines");
    const isThere = engines && readdirSync(engines).some((file) => /^schema-engine-/.test(file));
    if (isThere || (await prisma(["-v"])).status === 0) return "native schema engine";
    throw new Problem(
      "Prisma's schema engine cannot be downloaded, and its WebAssembly build does not support " +
        `${name}. Set HTTPS_PROXY, PRISMA_ENGINES_MIRROR or PRISMA_SCHEMA_ENGINE_BINARY.`,
    );
  }
  if (!change) throw new Problem("Prisma has no schema engine. Run: npm run setup");
  await install(dirname(wasmEngine), change);
  return "WebAssembly schema engine";
}

const stamp = join(cache, "client");

/** Runs the schema's generators, such as that of the Prisma client, unless their output is current. */
export async function generateClient(): Promise<void> {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === clientState()) return;
  rmSync(stamp, { force: true });
  const { status, output } = await prisma(["generate"]);
  if (status === 0) {
    mkdirSync(cache, { recursive: true });
    return writeFileSync(stamp, clientState() ?? "");
  }
  const twice = duplicates(output);
  if (twice.length > 0) {
    throw new Problem(
      `${schemaPath()} has ${twice.join(" and ")} twice: what setup had added, an update has ` +
        "added as well. Keep one of each and run setup again.",
    );
  }
  throw failure("generate", output);
}

/**
 * What the generators' output depends on, and when it was written, because others write it, too.
 *
 * @returns undefined if their output is not at the schema's path
 */
function clientState(): string | undefined {
  const state = createHash("sha256").update(schemaText());
  state.update(readFileSync(join(packageFolder("prisma") ?? "", "package.json")));
  for (const { path, text } of schemaFiles()) {
    for (const [block] of withoutComments(text).matchAll(/^\s*generator\s[^}]*/gm)) {
      const [, output] = /^\s*output\s*=\s*"([^"]+)"/m.exec(block) ?? [];
      const folder = join(dirname(path), output ?? "");
      if (!output || !existsSync(folder)) return undefined;
      for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
        state.update(`${file} ${statSync(join(folder, file)).mtimeMs}\n`);
      }
    }
  }
  return state.digest("hex");
}

/** The models and fields that Prisma reports as duplicates. */
function duplicates(output: string): string[] {
  const fields = [...output.matchAll(/Field "(\w+)" is already defined on model "(\w+)"/g)];
  const models = [...output.matchAll(/The (?:model|enum) "(\w+)" cannot be defined because/g)];
  const found = [
    ...models.map(([, name]) => name),
    ...fields.map(([, name, of]) => `${of}.${name}`),
  ];
  return [...new Set(found.map(String))];
}

/** The CLI's error: on one line, unless it quotes lines of the schema. */
export function reason(output: string): string {
  const [, message] =
    /Error:([^]+?)(?:\n {3}0: |\n {4}at |\nPrisma CLI Version|\nValidation Error Count|$)/.exec(
      output,
    ) ?? [];
  if (!message) return reasonOf(output);
  const title = /^\s*Prisma schema validation - .*\n(?:Error code: .*\n)?(?:error: )?/;
  const words = message.replace(title, "").trim().replace(/\.$/, "");
  if (/^ *-->/m.test(words)) return `\n${words}\n`;
  const [, migration] = /migration_name="([^"]+)"/.exec(output) ?? [];
  return `${migration ? `${migration}: ` : ""}${words.replace(/\s+/g, " ")}`;
}

/** Why a command of Prisma's CLI failed, and what to do where that is known. */
export function failure(what: string, output: string): Problem {
  if (/unsupported startup parameter|prepared statement "s\d+"/.test(output)) {
    return new Problem(
      "Set DIRECT_URL to the database's URL past the pooler, which Prisma's CLI cannot use.",
    );
  }
  const [, server, user] = /P1000\b[^`]*`([^`]+)`[^`]*`([^`]+)`/.exec(output) ?? [];
  if (!server) {
    return new Problem(`\`prisma ${what}\` failed: ${reason(output)}.`.replace(/\n\.$/, ""));
  }
  return new Problem(
    `The database server at ${server} does not accept the password of "${user}"; ` +
      `correct ${origin(directUrl() ? "DIRECT_URL" : "DATABASE_URL")}.`,
  );
}
