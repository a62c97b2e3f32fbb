import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { failure } from "./failure.mjs";

const require = createRequire(import.meta.url);
const MAGIC = "SQLite format 3\0";
const UNIQUE = [1555, 2067];
/** The part of a script that replaces tables by changed copies. */
const REBUILDING = /^PRAGMA foreign_keys=OFF;$([^]*?)^PRAGMA foreign_keys=ON;$/gm;
/** What Prisma does not know of a table: triggers, partial indexes and indexes of expressions. */
const UNKNOWN = `SELECT sql FROM sqlite_master m WHERE tbl_name = ? AND (type = 'trigger' OR type = 'index' AND (
    EXISTS (SELECT 1 FROM pragma_index_list(m.tbl_name) l WHERE l.name = m.name AND l.partial)
    OR EXISTS (SELECT 1 FROM pragma_index_xinfo(m.name) WHERE cid = -2)))`;
/** Columns that Prisma does not see, so that a changed copy of their table lacks them. */
const GENERATED = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden > 1";

/** The history of migrations, as the engine makes it. */
const HISTORY = `CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/** Whether a file could be an SQLite database; an empty one becomes one. */
function isDatabase(path) {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(MAGIC.length);
    const length = readSync(file, header);
    return length === 0 || header.toString("latin1") === MAGIC;
  } finally {
    closeSync(file);
  }
}

/** One transaction for statements that replace tables; views and foreign keys stay with the names. */
const whole = (statements, kept) => `PRAGMA foreign_keys=OFF;
PRAGMA legacy_alter_table=ON;
BEGIN;${statements}${kept.map((sql) => `${sql};\n`).join("")}COMMIT;
PRAGMA legacy_alter_table=OFF;
PRAGMA foreign_keys=ON;`;

/** The engine's query for partial indexes, with single quotes: double ones are for identifiers. */
const withString = (sql) =>
  sql.replace(/ name = "(.+)";$/, (_, name) => ` name = '${name.replaceAll("'", "''")}';`);

/** The SQLite database in a file. */
export function sqlite({ url }) {
  const { PrismaLibSql } = require("@prisma/adapter-libsql");
  const path = url.replace(/^file:(\/\/)?|\?.*$/g, "");

  async function open(file) {
    // Prisma does not percent-decode the path.
    const name = file.split("/").map(encodeURIComponent).join("/");
    const adapter = await new PrismaLibSql({ url: `file:${name}` }).connect();
    // A failure must not leave the database without a table that it was about to replace.
    const executeScript = adapter.executeScript.bind(adapter);
    adapter.executeScript = async (script) => {
      let atomic = script;
      for (const [part, statements] of script.matchAll(REBUILDING)) {
        const kept = await unknown(statements);
        atomic = atomic.replace(part, () => whole(statements, kept));
      }
      await executeScript(atomic);
    };
    const unknown = async (statements) => {
      const tables = [...statements.matchAll(/^DROP TABLE "(.+)";$/gm)].map(([, name]) => name);
      const found = [];
      for (const table of tables) {
        const [generated] = await about(table, GENERATED);
        if (generated) {
          const message =
            `${table} has to be replaced by a copy, which would lose its generated column ` +
            `${generated}: drop that first, and add it again afterwards`;
          throw new DriverAdapterError({ kind: "postgres", code: "", severity: "ERROR", message });
        }
        found.push(...(await about(table, UNKNOWN)));
      }
      return found;
    };
    const about = async (table, sql) => {
      const argTypes = [{ arity: "scalar", scalarType: "string" }];
      const { rows } = await adapter.queryRaw({ sql, args: [table], argTypes });
      return rows.map(([value]) => value);
    };
    // `executeRaw` runs only the first statement of a script; `executeScript` runs all. The engine sends
    // the statements that replace tables one by one.
    const executeRaw = adapter.executeRaw.bind(adapter);
    let rebuilding = [];
    adapter.executeRaw = async (query) => {
      if (query.args.length) return executeRaw(query);
      const { sql } = query;
      if (rebuilding.length || sql === "PRAGMA foreign_keys=OFF") rebuilding.push(`${sql};\n`);
      if (!rebuilding.length) await adapter.executeScript(sql);
      if (sql === "PRAGMA foreign_keys=ON")
        await adapter.executeScript(rebuilding.splice(0).join(""));
      return 0;
    };
    // As with PostgreSQL, passes SQLite's message to the engine in place of the adapter's kinds,
    // except for unique violations.
    const onError = adapter.onError.bind(adapter);
    adapter.onError = (error) => {
      const { rawCode } = error;
      if (UNIQUE.includes(rawCode)) onError(error);
      // With the kind "sqlite", some of the engine's reports show only the code of the error.
      const message = error.message.replace(/^SQLITE_\w+: /, "");
      throw new DriverAdapterError({ kind: "postgres", code: "", severity: "ERROR", message });
    };
    // Without the table of the history, the engine expects an error that this adapter does not
    // raise: return an empty history, and create the table for the first write.
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      try {
        return await queryRaw({ ...query, sql: withString(query.sql) });
      } catch (error) {
        const message = error.cause?.message ?? "";
        if (!message.includes("no such table: _prisma_migrations")) throw error;
        if (/^\s*SELECT/i.test(query.sql)) {
          return { columnNames: [], columnTypes: [], rows: [] };
        }
        await adapter.executeScript(HISTORY);
        return queryRaw(query);
      }
    };
    return adapter;
  }

  return {
    provider: "sqlite",
    adapterName: "@prisma/adapter-libsql",
    connect: () => open(path),
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
      const file = join(tmpdir(), name);
      const adapter = await open(file);
      const close = adapter.dispose.bind(adapter);
      adapter.dispose = () => close().then(() => rmSync(file, { force: true }));
      return adapter;
    },
    /** Replaces the engine's own reset, which deletes the rows but keeps the tables. */
    async reset() {
      for (const suffix of ["", "-journal", "-wal", "-shm"]) {
        rmSync(path + suffix, { force: true });
      }
      writeFileSync(path, "");
    },
    async create() {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "", { flag: "a" });
    },
    async check() {
      if (!existsSync(path)) {
        throw failure("P1003", `Database \`${path}\` does not exist`);
      }
      if (!isDatabase(path)) {
        throw failure(undefined, `\`${path}\` is not an SQLite database.`);
      }
    },
  };
}
