// What the image `migrate` runs: `prisma migrate deploy`, or without migrations `prisma db push`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const prisma = (args, output = "inherit") =>
  spawnSync("npx", ["prisma", ...args], { stdio: ["ignore", output, "inherit"], encoding: "utf8" });

const { default: config } = await import(pathToFileURL(resolve("prisma.config.ts")).href);

// On SQLite, a table that Prisma recreates is called new_… for a moment.
const creates = /^CREATE (TABLE (?!"new_)|TYPE )|\bADD (COLUMN |VALUE |\[)/m;

/** SQL of the tables, columns, enums and their values that only the database has. */
function unknown() {
  const back = ["--from-schema", config.schema, "--to-config-datasource", "--script"];
  const { status, stdout } = prisma(["migrate", "diff", ...back], "pipe");
  // `prisma db push` creates a database that does not exist, and says what else is wrong.
  return status === 0 ? stdout.split("\n\n").filter((statement) => creates.test(statement)) : [];
}

/** Pushes the schema, unless that would drop anything: Prisma asks only where rows would be lost. */
function push() {
  const found = unknown();
  if (found.length === 0) return prisma(["db", "push"]).status ?? 1;
  console.error(`The database has what the schema does not have:

${found.join("\n\n")}

Start migrations (setup's option --start-migrations), name a database for this project
alone in DATABASE_URL, or add models and fields for these to the schema: without
migrations, \`prisma db push\` would drop them. Nothing was changed.`);
  return 1;
}

const hasMigrations = existsSync(config.migrations.path);
process.exitCode = hasMigrations ? (prisma(["migrate", "deploy"]).status ?? 1) : push();
