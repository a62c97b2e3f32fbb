import { spawn } from "node:child_process";
import { once } from "node:events";
import { setting } from "./settings.ts";
import { isEmbedded, start } from "./embedded-postgres.ts";
import { locate } from "./schema.ts";
import { prisma, reason } from "./prisma.ts";
import { replaceTables } from "./push.ts";
import { Problem } from "./report.ts";

const usage = `Usage: better-auth-setup test-database -- COMMAND [ARGUMENT…]

Runs a command with DATABASE_URL set to a database for tests, whose tables are those of the schema.
TEST_DATABASE_URL names it; if that is empty, it is named like that of DATABASE_URL, with _test.`;

/** The URL with `_test` after the name of its database. */
export function testUrl(url: string): string {
  if (/^sqlserver:/i.test(url)) return url.replace(/(;database=[^;]+)/i, "$1_test");
  const [, address = url, query = ""] = /^([^?]*)(\?.*)?$/s.exec(url) ?? [];
  if (/^file:/.test(url)) return address.replace(/(\.\w+)?$/, "_test$1") + query;
  return `${address}_test${query}`;
}

/**
 * Sees to it that the database for tests is there, with the tables of the schema.
 *
 * @returns its URL
 * @throws a Problem if there is no database, or Prisma refuses
 */
export async function testDatabase(): Promise<string> {
  const url = setting("DATABASE_URL");
  const named = setting("TEST_DATABASE_URL");
  if (!url && !named) throw new Problem("DATABASE_URL is empty. Run: npm run setup");
  if (isEmbedded(url)) await start(url);
  const wanted = named || testUrl(url);
  await locate();
  const env = { DATABASE_URL: wanted };
  let { status, output } = await prisma(["db", "push"], env);
  if (status !== 0 && /data loss/.test(output)) ({ status, output } = await replaceTables(env));
  // The CLI also ends with status 0 when its engine ends too early.
  if (status !== 0) throw new Problem(`The database for tests cannot be made: ${reason(output)}.`);
  return wanted;
}

/** `test-database -- COMMAND`: runs a command on the database for tests. */
export async function testDatabaseCommand(args: string[]): Promise<void> {
  if (args[0] === "--help") return console.log(usage);
  const [program, ...rest] = args[0] === "--" ? args.slice(1) : [];
  if (!program) throw new Problem(usage);
  const env = { ...process.env, DATABASE_URL: await testDatabase() };
  const child = spawn(program, rest, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  process.exitCode = code ?? (signal ? 1 : 0);
}
