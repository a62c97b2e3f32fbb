import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { databaseUrlProblem, mysql, postgresql } from "./database-url.ts";
import { isEmbedded, isRunning, reserve, start } from "./embedded-postgres.ts";
import { directUrl, fill, origin, setting } from "./settings.ts";
import { manifest } from "./packages.ts";
import type { Provider } from "./providers.ts";
import { Problem } from "./report.ts";
import { provider } from "./schema.ts";
import { reach } from "./server.ts";

/**
 * Checks that the database of DATABASE_URL answers. If that is empty, it creates an embedded
 * PostgreSQL, or chooses a SQLite file for Prisma to create.
 *
 * @param change false to only report problems
 * @returns where the database is, in words
 * @throws a Problem if there is none
 */
export async function database(change: boolean): Promise<string> {
  const kind = provider();
  const url = setting("DATABASE_URL") || (await choose(kind, change));
  const isOurs = kind.embedded && isEmbedded(url);
  const where = await (isOurs ? embedded(url, change) : examine(kind, "DATABASE_URL"));
  if (directUrl()) await examine(kind, "DIRECT_URL");
  return where;
}

/**
 * Refuses a setting whose URL the application cannot read, or is of another provider.
 *
 * @throws a Problem with what to change, and where it is set
 */
export function refuseUnusable(key: string): void {
  const [{ name, schemes }, url] = [provider(), setting(key)];
  const problem = databaseUrlProblem(url)?.replaceAll("DATABASE_URL", key);
  if (problem) throw new Problem(`${problem} The value is that of ${origin(key)}.`);
  if (schemes.some((scheme) => url.startsWith(`${scheme}:`))) return;
  throw new Problem(
    `${origin(key)} cannot be used: a database URL for ${name} starts with ${schemes.join(": or ")}:.`,
  );
}

/** A text that identifies a setting's database: its place, without the URL's other parameters. */
export function identity(key: string): string {
  const [kind, url] = [provider(), setting(key)];
  if (kind.form === "file") {
    const path = filePath(url);
    return existsSync(path) ? realpathSync(path) : resolve(path);
  }
  const [host, port, name] = address(kind, url, key);
  const isLocal = /^(localhost|127(\.\d+){3}|::1)$/i.test(host);
  const [, schema = "public"] = /[?&]schema=([^&]*)/.exec(url) ?? [];
  return [isLocal ? "localhost" : host.toLowerCase(), port, name, schema].join(" ");
}

const filePath = (url: string) => url.replace(/^file:(\/\/)?|\?.*$/g, "");

/** Checks that the database of a URL answers; returns where it is, in words. */
async function examine(kind: Provider, key: string): Promise<string> {
  refuseUnusable(key);
  const url = setting(key);
  if (kind.form === "file") return examineFile(filePath(url), key);
  const [host, port, name] = address(kind, url, key);
  if (!host.startsWith("/")) await reach(kind, host, port, key);
  return name ? `"${name}" on ${host}:${port}` : `${host}:${port}`;
}

/** Checks that a file is, or can become, a SQLite database. */
function examineFile(path: string, key: string): string {
  const correct = `correct ${origin(key)}`;
  if (!existsSync(path)) {
    let folder = dirname(resolve(path));
    while (!existsSync(folder)) folder = dirname(folder);
    if (isWritable(folder)) return path;
    throw new Problem(`The database ${path} cannot be created: ${folder} is read-only.`);
  }
  if (!statSync(path).isFile())
    throw new Problem(`The database ${path} is not a file; ${correct}.`);
  if (!isWritable(path)) throw new Problem(`The database ${path} is read-only for this user.`);
  const header = Buffer.alloc(16);
  const file = openSync(path, "r");
  const length = readSync(file, header);
  closeSync(file);
  if (length > 0 && header.toString("latin1") !== "SQLite format 3\0") {
    throw new Problem(`${path} is not an SQLite database; ${correct}.`);
  }
  return path;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Chooses a database, and writes DATABASE_URL to .env.local. */
async function choose(kind: Provider, change: boolean): Promise<string> {
  if (!kind.embedded && kind.form !== "file") {
    throw new Problem(
      "DATABASE_URL in .env.local is empty; write the URL of your database there, as .env.example " +
        "shows.",
    );
  }
  if (!change) throw new Problem("DATABASE_URL is empty. Run: npm run setup");
  const name = (manifest(".").name ?? "app").replace(/^.*\//, "").replace(/\W+/g, "_");
  const url = kind.form === "file" ? "file:./dev.db" : await reserve(name);
  fill({ DATABASE_URL: url });
  return url;
}

async function embedded(url: string, change: boolean): Promise<string> {
  refuseUnusable("DATABASE_URL");
  if (!change) {
    if (!(await isRunning(url))) throw new Problem("The embedded PostgreSQL is stopped.");
  } else {
    await start(url);
  }
  const { host, pathname } = new URL(url);
  return `"${pathname.slice(1)}" on ${host} (embedded)`;
}

/** The host or socket, port and database of a URL that the application can read. */
function address(kind: Provider, url: string, key: string): [string, number, string] {
  if (kind.form === "properties") {
    const [, host = "", port = kind.port] = /^\w+:\/\/([^:;/]+)(?::(\d+))?/.exec(url) ?? [];
    const [, name = ""] = /;\s*(?:database|initial catalog)=([^;]*)/i.exec(url) ?? [];
    if (host) return [host, Number(port), name];
    throw new Problem(`${origin(key)} cannot be used: it cannot be parsed as a URL.`);
  }
  const { host, port, database, ...more } = url.startsWith("mysql:") ? mysql(url) : postgresql(url);
  return [("socketPath" in more && more.socketPath) || host, port, database];
}
