import { randomBytes } from "node:crypto";
import { createServer, type AddressInfo } from "node:net";
import { isEmbedded, isRunning, reserve, start } from "./embedded-postgres.ts";
import { fill, origin, setting } from "./settings.ts";
import { manifest } from "./packages.ts";
import { providers, type Provider } from "./providers.ts";
import { Problem } from "./report.ts";
import { provider } from "./schema.ts";
import { reach } from "./server.ts";

/**
 * Sees to it that the database of DATABASE_URL answers. Where that is empty, PostgreSQL is an
 * embedded one, and SQLite a file, which Prisma creates.
 *
 * @param change whether to do it, or only to look
 * @returns where the database is
 * @throws a Problem if there is none
 */
export async function database(change: boolean): Promise<string> {
  const kind = provider();
  const url = setting("DATABASE_URL") || (await choose(kind, change));
  const { schemes } = providers[kind];
  if (!schemes.some((scheme) => url.startsWith(`${scheme}:`))) throw unusable(kind);
  if (kind === "sqlite") return url.slice("file:".length);
  if (kind === "postgresql" && isEmbedded(url)) return embedded(url, change);
  const [host, port, name] = address(kind, url);
  await reach(kind, host, port);
  return name ? `"${name}" on ${host}:${port}` : `${host}:${port}`;
}

function unusable(kind: Provider): Problem {
  const schemes = providers[kind].schemes.join(": or ");
  return new Problem(
    `${origin("DATABASE_URL")} cannot be used: a database URL for ${kind} starts with ${schemes}:.`,
  );
}

/** Chooses a database where DATABASE_URL is empty, and notes it in .env.local. */
async function choose(kind: Provider, change: boolean): Promise<string> {
  const { example } = providers[kind];
  if (example) {
    const like = `Write it into .env.local, for example:\n${example}`;
    throw new Problem(`DATABASE_URL is empty. ${like}`);
  }
  if (!change) throw new Problem("DATABASE_URL is empty. Run: npm run setup");
  const password = randomBytes(18).toString("base64url");
  const name = (manifest(".").name ?? "app").replace(/^.*\//, "").replace(/\W+/g, "_");
  const url = kind === "sqlite" ? "file:./dev.db" : reserve(name, await freePort(), password);
  fill({ DATABASE_URL: url });
  return url;
}

async function embedded(url: string, change: boolean): Promise<string> {
  if (!change) {
    if (!(await isRunning())) throw new Problem("The embedded PostgreSQL is stopped.");
  } else {
    await start(url);
  }
  const { host, pathname } = new URL(url);
  return `"${pathname.slice(1)}" on ${host} (embedded)`;
}

/** The host, the port and the database that a URL names. */
function address(kind: Provider, url: string): [host: string, port: number, database: string] {
  const usual = providers[kind].port;
  if (kind === "sqlserver") {
    const [, host = "", port = usual] = /^sqlserver:\/\/([^:;]+)(?::(\d+))?/.exec(url) ?? [];
    if (!host) throw unusable(kind);
    return [host, Number(port), ""];
  }
  const parsed = URL.parse(url);
  if (!parsed) throw unusable(kind);
  return [parsed.hostname, Number(parsed.port || usual), parsed.pathname.slice(1)];
}

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer().once("error", reject).listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
