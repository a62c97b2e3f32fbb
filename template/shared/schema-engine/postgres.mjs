import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ColumnTypeEnum, DriverAdapterError } from "@prisma/driver-adapter-utils";
import { failure } from "./failure.mjs";

const require = createRequire(import.meta.url);
const { PrismaPg } = require("@prisma/adapter-pg");
// The adapter accepts only pools of the copy of `pg` that it loads itself.
const pg = createRequire(require.resolve("@prisma/adapter-pg"))("pg");
const { parse } = createRequire(require.resolve("pg"))("pg-connection-string");

// Only the URL counts; `pg` would use these variables as defaults.
for (const name of Object.keys(process.env)) {
  if (name.startsWith("PG")) delete process.env[name];
}

const CHAR = 18;
const TEXT = 25;
const DUPLICATE = "23505";
const NO_TABLE = "42P01";

/**
 * An error with the server's message. The adapter would replace most messages by a kind, some of which
 * the engine does not support or reports with less detail. The code is empty, because the engine would
 * derive a kind from it.
 */
const inWords = ({ severity = "ERROR", message, detail, column, hint }) =>
  new DriverAdapterError({
    kind: "postgres",
    code: "",
    ...{ severity, message, detail, column, hint },
  });

/** Whether setup needs the error's kind: duplicate rows, or no table of migrations yet. */
const isKind = ({ code, message }) =>
  code === DUPLICATE || (code === NO_TABLE && message.includes("_prisma_migrations"));

/** The TLS settings of a URL; Prisma's parameters, and those of libpq where Prisma has none. */
function tls(parameters) {
  const file = (name) => {
    const value = parameters.get(name);
    if (value === null) return undefined;
    const path = [value, join("prisma", value)].find(existsSync);
    if (!path) throw failure("P1011", `${name} names no file: ${value}`);
    return readFileSync(path);
  };
  const [key, certificate] = [file("sslkey"), file("sslcert")];
  const isStrict = parameters.get("sslaccept") === "strict";
  return {
    // Without a key, it is the CA certificate.
    ca: file("sslrootcert") ?? (key ? undefined : certificate),
    ...(key ? { key, cert: certificate } : {}),
    rejectUnauthorized: isStrict || parameters.get("sslmode") === "verify-full",
  };
}

/** Reads a connection URL as Prisma does: gives the PostgreSQL schema and the settings of `pg`. */
function settings(url, database) {
  const address = new URL(url);
  const parameters = address.searchParams;
  const sslmode = parameters.get("sslmode") ?? "prefer";
  const schema = parameters.get("schema");
  const seconds = Number(parameters.get("connect_timeout") ?? 5);
  const config = {
    ssl: sslmode === "disable" ? false : tls(parameters),
    options: parameters.get("options") ?? "",
    connectionTimeoutMillis: (Number.isNaN(seconds) ? 5 : seconds) * 1000,
    max: 1,
  };
  if (schema) config.options += ` -c search_path="${schema}"`;

  const host = parameters.get("host");
  address.search = host ? `?host=${encodeURIComponent(host)}` : "";
  const parsed = parse(address.href);
  return {
    schema: schema ?? undefined,
    optionalTls: sslmode === "prefer",
    config: { ...parsed, ...config, database: database ?? parsed.database },
  };
}

/** The PostgreSQL, or CockroachDB, database at a URL. */
export function postgres({ url, shadowDatabaseUrl }) {
  const { user, host, port, database } = settings(url).config;
  let plain = false; // whether the server has no TLS, although it was preferred

  const configure = (from, name) => {
    const { schema, optionalTls, config } = settings(from, name);
    if (optionalTls && plain) config.ssl = false;
    return { schema, config };
  };

  async function open(from, name) {
    const { schema, config } = configure(from, name);
    const pool = new pg.Pool(config);
    // The catalogue has "char" columns, which the adapter rejects. Read them as
    // text, and report them to the engine as characters.
    let isChar = [];
    pool.on("connect", ({ connection }) =>
      connection.prependListener("rowDescription", ({ fields }) => {
        isChar = fields.map(({ dataTypeID }) => dataTypeID === CHAR);
        fields.forEach((field, i) => isChar[i] && (field.dataTypeID = TEXT));
      }),
    );
    const adapter = await new PrismaPg(pool, { schema }).connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, i) =>
        isChar[i] ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    const onError = adapter.onError.bind(adapter);
    adapter.onError = (error) => {
      throw isKind(error) ? onError(error) : inWords(error);
    };
    // The adapter's own version splits the script at every ";", even inside a string.
    adapter.executeScript = async (sql) => {
      try {
        await pool.query(sql);
      } catch (error) {
        adapter.onError(error);
      }
    };
    adapter.dispose = () => pool.end();
    return adapter;
  }

  /** Runs one statement in a database that always exists. */
  async function administer(statement) {
    const elsewhere = database === "postgres" ? "template1" : "postgres";
    await reach(elsewhere);
    const adapter = await open(url, elsewhere);
    await adapter.executeScript(statement).finally(adapter.dispose);
  }

  /** Tries a connection, which also finds out whether the server has TLS. */
  async function reach(name) {
    const attempt = async () => {
      const client = new pg.Client(configure(url, name).config);
      await client.connect();
      await client.end();
    };
    await attempt().catch((error) => {
      const noTls = /does not support SSL/.test(error.message);
      if (!noTls || !settings(url).optionalTls) throw error;
      plain = true;
      return attempt();
    });
  }

  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => open(url),
    async connectToShadowDb() {
      if (shadowDatabaseUrl) return open(shadowDatabaseUrl);
      const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
      await administer(`CREATE DATABASE "${name}"`);
      const adapter = await open(url, name);
      const close = adapter.dispose;
      adapter.dispose = async () => {
        await close();
        await administer(`DROP DATABASE IF EXISTS "${name}"`);
      };
      return adapter;
    },
    create: () => administer(`CREATE DATABASE "${database}"`),
    async check() {
      const server = `database server at \`${host}:${port || 5432}\``;
      await reach().catch((error) => {
        throw explain(error, { user, database, server });
      });
    },
  };
}

/** The error of a failed connection, in the CLI's own words. */
function explain({ code, message, errors }, { user, database, server }) {
  if (code === "3D000") {
    const what = `Database \`${database}\` does not exist on the ${server}.`;
    return failure("P1003", what);
  }
  if (code === "28P01") {
    const what = `Authentication failed against the ${server}: the credentials for \`${user}\` are not valid.`;
    return failure("P1000", what);
  }
  if (code?.startsWith("28")) {
    const what = `User \`${user}\` was denied access on the database \`${database}\`: ${message}`;
    return failure("P1010", what);
  }
  const reason = message || errors?.[0]?.message;
  return failure("P1001", `Can't reach ${server}: ${reason}`);
}
