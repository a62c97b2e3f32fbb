import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identity, refuseUnusable } from "./database.ts";
import { difference } from "./difference.ts";
import { isEmbedded, start } from "./embedded-postgres.ts";
import { exclusively } from "./lock.ts";
import { failure, prisma } from "./prisma.ts";
import { execute, isDone } from "./push.ts";
import { Problem, Usage } from "./report.ts";
import { cache } from "./run.ts";
import { locate, provider, schemaPath } from "./schema.ts";
import { directUrl, origin, setting } from "./settings.ts";

const usage = `Usage: better-auth-setup test-database -- COMMAND [ARGUMENT…]

Runs a command with DATABASE_URL set to a database for tests, whose tables are those of the schema.
TEST_DATABASE_URL names it; if that is empty, it has the name of the database in DATABASE_URL, with
_test appended.`;

const timeout = 120_000;

/** The URL of the test database, and the direct URL for Prisma's CLI. */
function testUrls(): [url: string, direct: string] {
  const [own, named] = [setting("DATABASE_URL"), setting("TEST_DATABASE_URL")];
  if (named) {
    refuseUnusable("TEST_DATABASE_URL");
    for (const key of ["DATABASE_URL", "DIRECT_URL"].filter(setting)) {
      refuseUnusable(key);
      if (identity(key) !== identity("TEST_DATABASE_URL")) continue;
      throw new Problem(
        `${origin("TEST_DATABASE_URL")} names the database of ${key}; name another one, as tests ` +
          "delete what is in it.",
      );
    }
    return [named, named];
  }
  if (!own) throw new Problem("DATABASE_URL is empty. Run: npm run setup");
  const { form } = provider();
  return [testUrl(own, form), testUrl(directUrl() || own, form)];
}

/** The URL of the database with `_test` after its name. */
function testUrl(own: string, form: string): string {
  if (form === "properties") {
    const url = own.replace(/;\s*(?:database|initial catalog)=[^;]+/i, "$&_test");
    if (url === own) throw new Problem("DATABASE_URL names no database; add ;database=… to it.");
    return url;
  }
  const [, address = own, query = ""] = /^([^?]*)(.*)$/s.exec(own) ?? [];
  return form === "file"
    ? address.replace(/(\.[^./]+)?$/, "_test$1") + query
    : `${address}_test${query}`;
}

/** Pushes the schema to the test database. */
async function follow(url: string, direct: string): Promise<void> {
  const env = { DATABASE_URL: url, DIRECT_URL: direct };
  const known = join(cache, createHash("sha256").update(url).digest("hex").slice(0, 16));
  const { lines, dropped } = await difference(env);
  if (lines.length > 0) {
    const isOurs = existsSync(known);
    if (dropped.length > 0 && !isOurs) {
      throw new Problem(
        `The database for tests has more than ${schemaPath()}: ${dropped.join(", ")}. Empty it, ` +
          "or name another one in TEST_DATABASE_URL.",
      );
    }
    let result = await prisma(["db", "push"], env);
    // Rows of earlier tests may prevent a new required column.
    if (!isDone(result) && isOurs) {
      await execute(["--from-config-datasource", "--to-empty"], env);
      result = await prisma(["db", "push"], env);
    }
    if (!isDone(result)) throw failure("db push", result.output);
  }
  writeFileSync(known, "");
}

/**
 * Creates the test database, or updates its tables to the schema.
 *
 * @returns its URL
 * @throws a Problem if it cannot be created, or is not a test database
 */
export async function testDatabase(): Promise<string> {
  const own = setting("DATABASE_URL");
  if (isEmbedded(own)) await start(own);
  await locate();
  const [url, direct] = testUrls();
  await exclusively(join(cache, "lock"), timeout, () => follow(url, direct));
  return url;
}

/** `test-database -- COMMAND`: runs a command with the test database. */
export async function testDatabaseCommand(args: string[]): Promise<void> {
  if (args[0] === "--help") return console.log(usage);
  const [program, ...rest] = args[0] === "--" ? args.slice(1) : [];
  if (!program) throw new Usage(usage);
  const env = { ...process.env, DATABASE_URL: await testDatabase() };
  const child = spawn(program, rest, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.once("error", ({ message }) => {
    console.error(`${program} cannot be started: ${message}`);
    process.exitCode = 127;
  });
  const [code] = (await once(child, "close")) as [number | null];
  process.exitCode ||= code ?? 1;
}
