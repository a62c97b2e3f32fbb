/**
 * The databases that the schema engine can reach. Each is an object with
 *   check()   fails, with the error code the Prisma CLI expects, if the database does not exist
 *   create()  creates it
 *   reset()   empties it, where the engine's own reset does not
 * and the driver adapter factory that the WebAssembly engine asks for: provider, adapterName,
 * connect() and connectToShadowDb().
 */
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import { failure } from "./failure.mjs";
import { postgres } from "./postgres.mjs";
import { sqlite } from "./sqlite.mjs";

const databases = {
  postgresql: postgres,
  postgres,
  cockroachdb: postgres,
  sqlite,
  file: sqlite,
};

/** For requests about schema files alone: answers the engine's only query, at its start. */
function offline(name) {
  const cockroach = name === "cockroachdb";
  const version = cockroach ? "CockroachDB CCL v24.3.0" : "PostgreSQL 17.0";
  const { Boolean, Text, Int32 } = ColumnTypeEnum;
  const queryRaw = async () => ({
    columnNames: ["exists", "version", "numeric_version"],
    columnTypes: [Boolean, Text, Int32],
    rows: [[true, version, 170000]],
  });
  const nothing = async () => 0;
  const identity = {
    provider: databases[name] === sqlite ? "sqlite" : "postgres",
    adapterName: "offline",
  };
  const connect = async () => ({
    ...identity,
    queryRaw,
    executeRaw: nothing,
    executeScript: nothing,
    startTransaction: nothing,
    dispose: nothing,
  });
  return { ...identity, check: nothing, connect, connectToShadowDb: connect };
}

/**
 * The database that `schema` (the text of the Prisma schema) or the datasource URL names.
 * Without `needsServer`, it opens no connection.
 */
export function chooseDatabase(datasource, schema, needsServer = true) {
  const block = /datasource\s+\w+\s*\{[^}]*?provider\s*=\s*"(\w+)"/.exec(schema);
  const name = block?.[1] ?? datasource.url?.split(":")[0];
  if (!Object.hasOwn(databases, name ?? "")) {
    throw failure(
      undefined,
      `The WebAssembly schema engine supports PostgreSQL, CockroachDB and SQLite, not "${name}". ` +
        "Let Prisma download its native engine (HTTPS_PROXY names a proxy, PRISMA_ENGINES_MIRROR a mirror), " +
        "or set PRISMA_SCHEMA_ENGINE_BINARY to a copy of it.",
    );
  }
  return needsServer ? databases[name](datasource) : offline(name);
}
