/**
 * Translates DATABASE_URL for Node.js's drivers. Its parameters are Prisma's, libpq's or a host's own:
 * each is translated, or refused with a remedy.
 *
 * An empty URL is allowed until something connects: generating the schema imports the application
 * without a database.
 */
import { readFileSync, statSync } from "node:fs";
import { isIP, isIPv6 } from "node:net";
import { resolve } from "node:path";
import tables from "./database-parameters.json" with { type: "json" };

type Kind = keyof typeof tables;

/** The allowed values of a parameter, or the remedy if it is refused. */
type Entry = { is?: string | string[]; say?: string; refused?: string };

/** A refused combination: all of `when` (with one of the values, if any), and none of `without`. */
type Rule = { when: Partial<Record<string, string[]>>; without?: string[]; say: string };

const parameters: Record<Kind, { parameters: Record<string, Entry>; rules: Rule[] }> = tables;

/** A DATABASE_URL cannot be used; the message has the remedy, and no secret. */
export class DatabaseUrlError extends Error {
  override name = "DatabaseUrlError";
}

/** A URL's parameters, checked against the table. */
class Parameters {
  readonly #given: Map<string, string>;

  constructor(kind: Kind, query: string) {
    const table = parameters[kind];
    const parts = query.split("&").filter(Boolean);
    // Do not quote it: it may be the rest of a password that contains "?".
    if (parts.some((part) => !part.includes("="))) {
      throw new DatabaseUrlError(
        "Write what follows ? in DATABASE_URL as name=value, joined by &.",
      );
    }
    if (query.includes("?")) {
      throw new DatabaseUrlError("Join the parameters of DATABASE_URL by &, not by a second ?.");
    }
    const given = new Map<string, string>();
    for (const part of parts) {
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
      const entry = Object.hasOwn(table.parameters, name) ? table.parameters[name] : undefined;
      const wrong = problemOf(name, value, entry);
      if (wrong) throw new DatabaseUrlError(wrong);
      if (given.has(name)) {
        throw new DatabaseUrlError(`Write ${name}= only once in DATABASE_URL.`);
      }
      given.set(name, decodeURIComponent(value.replaceAll("+", " ")));
    }
    for (const { when, without = [], say } of table.rules) {
      const isMet = Object.entries(when).every(([name, values]) => {
        const value = given.get(name);
        return value !== undefined && (!values?.length || values.includes(value));
      });
      if (isMet && !without.some((name) => given.has(name))) throw new DatabaseUrlError(say);
    }
    this.#given = given;
  }

  text(name: string): string | undefined {
    return this.#given.get(name);
  }

  number(name: string): number | undefined {
    const value = this.#given.get(name);
    return value === undefined ? undefined : Number(value);
  }

  get isDirect(): boolean {
    return this.#given.get("sslnegotiation") === "direct";
  }

  /** A parameter's value, which is in seconds, in milliseconds. */
  milliseconds(name: string): number | undefined {
    const value = this.number(name);
    return value === undefined ? undefined : value * 1000;
  }

  /** The text of a file, relative to the project's folder or, as Prisma documents it, to prisma/. */
  file(name: string): string | undefined {
    const value = this.#given.get(name);
    if (value === undefined) return undefined;
    const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile();
    const path = [resolve(value), resolve("prisma", value)].find(isFile);
    if (!path) throw new DatabaseUrlError(`Correct ${name}= in DATABASE_URL: it names no file.`);
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw new DatabaseUrlError(`Correct ${name}= in DATABASE_URL: ${(error as Error).message}.`);
    }
  }
}

/** What to change about a parameter as written; undefined if it is supported. */
function problemOf(name: string, value: string, entry: Entry | undefined) {
  if (!entry) return `Remove ${name}= from DATABASE_URL: not every driver here knows it.`;
  if (entry.refused) return entry.refused;
  if (Array.isArray(entry.is)) {
    if (entry.is.includes(value)) return undefined;
    return entry.say ?? `Set ${name}= in DATABASE_URL to ${entry.is.join(" or ")}.`;
  }
  if (entry.is === "number" && !/^\d{1,9}$/.test(value)) {
    return `Set ${name}= in DATABASE_URL to a whole number.`;
  }
  return value ? undefined : `Write a value after ${name}= in DATABASE_URL, or remove it.`;
}

/** The part before the parameters, checked so that no part of a password is taken for another part. */
function serverOf(text: string, usualPort: number) {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) {
    throw new DatabaseUrlError("Write each % of DATABASE_URL as %25, unless it is an escape.");
  }
  if (text.includes("%00")) {
    throw new DatabaseUrlError("Remove %00 from DATABASE_URL: no database takes it.");
  }
  if (/[\s\x00-\x1f\x7f\x85]/.test(text)) {
    throw new DatabaseUrlError("Remove the blank in DATABASE_URL, or write it as %20.");
  }
  try {
    decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError("Escape DATABASE_URL in UTF-8: é is %C3%A9, not %E9.");
  }
  const scheme = text.split(":")[0];
  const found = /^\w+:\/\/([^/?#]*)([^?#]*)(.*)$/s.exec(text);
  if (!found) throw new DatabaseUrlError(`Start DATABASE_URL with ${scheme}://.`);
  const [, authority = "", path = "", query = ""] = found;
  if (text.includes("#") || /@.*@/.test(authority) || (path + query).includes("@")) {
    throw new DatabaseUrlError(
      "Escape user name and password in DATABASE_URL: @ is %40, / is %2F, ? is %3F.",
    );
  }
  const [, user = "", password = "", address = ""] =
    /^(?:([^:@]*)(?::([^@]*))?@)?(.*)$/.exec(authority) ?? [];
  if (address.includes(",")) {
    throw new DatabaseUrlError("Name one host in DATABASE_URL: several cannot be used.");
  }
  const [host, port] = authority ? addressOf(address) : [""];
  if (host === undefined) {
    throw new DatabaseUrlError(
      `Correct host and port in DATABASE_URL: ${scheme}://user:password@host:port/database.`,
    );
  }
  const database = decodeURIComponent(path.slice(1));
  if (["", ".", ".."].includes(database)) {
    throw new DatabaseUrlError("Add the database's name to DATABASE_URL, after the host: /name.");
  }
  if (path.endsWith("/")) {
    throw new DatabaseUrlError("Remove the / after the database's name in DATABASE_URL.");
  }
  if (path.slice(1).includes("/")) {
    throw new DatabaseUrlError("Write / as %2F in the password or database of DATABASE_URL.");
  }
  return {
    host,
    port: port || usualPort,
    user: decodeURIComponent(user),
    password: decodeURIComponent(password),
    database,
    query: query.slice(1),
  };
}

/** A host or the folder of a socket, and a port; readers disagree about all others. */
function addressOf(text: string): [host?: string, port?: number] {
  const found = /^(\[[\da-f:.]+\]|[a-z\d._~-]+|%2F[a-z\d._~%-]+)(?::(?=0*[1-9])(\d{1,5}))?$/i.exec(
    text,
  );
  const host = decodeURIComponent(found?.[1] ?? "").replace(/^\[(.*)\]$/, "$1");
  const port = Number(found?.[2] ?? 0);
  const isInvalid = !host || port > 65535 || (found?.[1]?.startsWith("[") && !isIPv6(host));
  return isInvalid ? [] : [host, port];
}

/**
 * The options of `new PrismaPg(…)` for PostgreSQL or CockroachDB, and the schema. They are complete, so
 * that the driver reads no PG* variables.
 *
 * @throws DatabaseUrlError
 */
export function postgresql(url: string) {
  const { query, ...server } = serverOf(url || "postgresql://nobody@localhost/none", 5432);
  const given = new Parameters("postgresql", query);
  // node-postgres has one timeout for waiting on the pool and for connecting.
  const waits = ["pool_timeout", "connect_timeout"].flatMap(
    (name) => given.milliseconds(name) ?? [],
  );
  const seconds = { idle: "max_idle_connection_lifetime", life: "max_connection_lifetime" };
  const host = given.text("host") ?? server.host;
  if (!host || !server.user) {
    throw new DatabaseUrlError(
      "Name user and host in DATABASE_URL: postgresql://user:password@host:port/database.",
    );
  }
  return {
    ...server,
    host,
    // In place of an empty one, the driver would read PGPASSWORD and .pgpass.
    password: server.password || (() => ""),
    schema: given.text("schema"),
    ssl: tlsOfPostgresql(given),
    sslnegotiation: given.isDirect ? ("direct" as const) : ("postgres" as const),
    max: given.number("connection_limit") || 10,
    connectionTimeoutMillis: waits.includes(0) ? 0 : Math.max(...waits, waits.length ? 0 : 10_000),
    idleTimeoutMillis: given.milliseconds(seconds.idle) ?? 10_000,
    maxLifetimeSeconds: given.number(seconds.life) ?? 0,
    query_timeout: given.milliseconds("socket_timeout") ?? given.number("query_timeout"),
    application_name:
      given.text("application_name") ??
      given.text("fallback_application_name") ??
      insteadOf("PGAPPNAME"),
    options: given.text("options") ?? insteadOf("PGOPTIONS"),
    statement_timeout: given.number("statement_timeout"),
    lock_timeout: given.number("lock_timeout"),
    idle_in_transaction_session_timeout: given.number("idle_in_transaction_session_timeout"),
  };
}

/** A value that keeps the driver from reading a variable where the URL has none. */
const insteadOf = (variable: string) => (process.env[variable] ? " " : undefined);

/**
 * TLS as in node-postgres: every `sslmode` except disable and no-verify verifies the certificate
 * and the host name, unless sslaccept or uselibpqcompat relaxes that.
 */
function tlsOfPostgresql(given: Parameters) {
  const [flag, accept] = [given.text("ssl"), given.text("sslaccept")];
  const [key, certificate] = [given.file("sslkey"), given.file("sslcert")];
  // Without sslkey, sslcert has Prisma's meaning: the CA certificate.
  const ca = given.file("sslrootcert") ?? (key ? undefined : certificate);
  const asks = ca ?? key ?? accept ?? (given.isDirect || undefined);
  const byFlag: Record<string, string> = {
    true: "require",
    1: "require",
    "no-verify": "no-verify",
  };
  const mode = given.text("sslmode") ?? byFlag[flag ?? ""] ?? (asks ? "require" : "disable");
  if (mode === "disable") return false;

  const isLibpq = given.text("uselibpqcompat") === "true";
  const isTrusting =
    mode === "no-verify" ||
    accept === "accept_invalid_certs" ||
    (isLibpq && (mode === "prefer" || (mode === "require" && !ca)));
  return {
    ...(ca ? { ca } : {}),
    ...(key ? { key, cert: certificate } : {}),
    rejectUnauthorized: !isTrusting,
    ...(isLibpq && /^(require|verify-ca)$/.test(mode)
      ? { checkServerIdentity: () => undefined }
      : {}),
  };
}

/**
 * The options of `new PrismaMariaDb(…)` for MySQL or MariaDB.
 *
 * @throws DatabaseUrlError
 */
export function mysql(url: string) {
  const { query, ...server } = serverOf(url || "mysql://localhost/none", 3306);
  const given = new Parameters("mysql", query);
  if (!server.host) {
    throw new DatabaseUrlError(
      "Name the host in DATABASE_URL: mysql://user:password@host:port/database.",
    );
  }
  if (server.host.startsWith("/")) {
    throw new DatabaseUrlError(
      "Write localhost as the host of DATABASE_URL, and the socket as ?socket=/path.",
    );
  }
  const [ca, accept, socketPath] = [
    given.file("sslcert"),
    given.text("sslaccept"),
    given.text("socket"),
  ];
  // The driver does not pass the host name on to TLS.
  const peer = isIP(server.host) ? { host: server.host } : { servername: server.host };
  const ssl = {
    ...peer,
    ...(ca ? { ca } : {}),
    rejectUnauthorized: accept !== "accept_invalid_certs",
  };
  return {
    ...server,
    ...(socketPath ? { socketPath } : {}),
    ...(ca || accept ? { ssl } : {}),
    connectionLimit: given.number("connection_limit") || 10,
    acquireTimeout: given.milliseconds("pool_timeout") ?? 10_000,
    connectTimeout: given.milliseconds("connect_timeout") ?? 10_000,
    socketTimeout: given.milliseconds("socket_timeout") ?? 0,
    allowPublicKeyRetrieval: given.text("allowPublicKeyRetrieval") === "true",
  };
}

/**
 * The options of `new PrismaLibSql(…)` for a SQLite file. Prisma's CLI does not percent-decode the
 * path.
 *
 * @throws DatabaseUrlError
 */
export function sqlite(url: string) {
  const [, path = "", query = ""] =
    /^file:(?:\/\/(?=\/))?([^?]*)(?:\?(.*))?$/s.exec(url || "file:none") ?? [];
  if (/[\x00-\x1f\x7f]/.test(path)) {
    throw new DatabaseUrlError("Remove the control character from the path in DATABASE_URL.");
  }
  const odd = /["#$'\\`]/.exec(path)?.[0];
  if (odd) {
    throw new DatabaseUrlError(
      `Rename the file: ${odd} in its path means something else in an env file.`,
    );
  }
  // A folder, or what means something else to a shell, another system or SQLite.
  const isFolder = /^[./]*$|(^|\/)\.{0,2}$/.test(path);
  if (isFolder || /^(\/\/|~\/|:|\/*[a-z]:[/\\])/i.test(path)) {
    throw new DatabaseUrlError("Write DATABASE_URL as file:./name.db or file:/folder/name.db.");
  }
  new Parameters("sqlite", query);
  return {
    url: `file:${path.split("/").map(encodeURIComponent).join("/")}`,
    // The busy timeout in milliseconds: another process may be writing.
    timeout: 5_000,
  };
}

const readers = { postgresql, postgres: postgresql, mysql, file: sqlite, sqlserver: () => {} };

/** What to change in a DATABASE_URL; undefined if it can be used. */
export function databaseUrlProblem(url: string): string | undefined {
  const scheme = /^([^:]*):/.exec(url)?.[1] ?? "";
  if (!Object.hasOwn(readers, scheme)) return schemeProblem(url, scheme);
  try {
    readers[scheme as keyof typeof readers](url);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}

function schemeProblem(url: string, scheme: string): string {
  if (/^["']/.test(url)) return "Remove the quotes around DATABASE_URL.";
  const base = scheme.trim().toLowerCase().split("+")[0] ?? "";
  if (base === "prisma") {
    return "Set DATABASE_URL to the database's own URL: Prisma's services cannot be used here.";
  }
  return Object.hasOwn(readers, base)
    ? `Start DATABASE_URL with ${base}: instead of ${scheme}:.`
    : "Start DATABASE_URL with postgresql://, mysql://, sqlserver:// or file: and a path.";
}
