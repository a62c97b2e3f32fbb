import { existsSync } from "node:fs";
import { connection } from "./connection.ts";
import { database } from "./database.ts";
import { difference, indented, type Difference } from "./difference.ts";
import { completeEnvFile, setting } from "./settings.ts";
import { generate } from "./generate.ts";
import { lock } from "./lock.ts";
import { refuseConflicts } from "./conflicts.ts";
import { install, isPnpm, refuseOtherManagers } from "./packages.ts";
import { checkMigrations, deploy, startMigrations, usesMigrations } from "./migrations.ts";
import { engine, generateClient } from "./prisma.ts";
import { push } from "./push.ts";
import { options, Problem, step } from "./report.ts";
import { locate, migrationsPath, schemaPath } from "./schema.ts";

const usage = `Usage: better-auth-setup setup [OPTION…]

Takes a fresh clone to a running database; can be repeated at any time.

  --check             only report what setup would do
  --accept-data-loss  drop from the database what is not in the schema
  --start-migrations  write prisma/migrations/0_init from the tables; later changes need a migration
  --help              this text`;

// Examples, which the owner may have deleted; with Hono and with Next.js.
const pages = ["src/pages/sign-up.html", "src/app/auth/sign-up/page.tsx"];

const manager = () => (isPnpm() ? "pnpm" : "npm");

type Options = { acceptDataLoss: boolean; start: boolean };

async function setup(change: boolean, { acceptDataLoss, start }: Options): Promise<void> {
  await step("tools", () => {
    refuseConflicts();
    return `Node.js ${process.versions.node}`;
  });
  await step("settings", () => completeEnvFile(change));
  await step("install", () => install(".", change), `${manager()} install`);
  await locate();
  if (start && usesMigrations()) {
    throw new Problem(`The project has migrations already; see ${migrationsPath()}.`);
  }
  await step("database", () => database(change));
  await step("prisma", async () => {
    const found = await engine(change);
    if (change) await generateClient();
    return found;
  });
  await step("generate", async () => {
    const { result, changed } = await generate(change);
    if (changed) await generateClient();
    return result;
  });
  // The comparison takes longer than the connection, and needs nothing of it.
  const changes = usesMigrations() ? undefined : difference();
  changes?.catch(() => {}); // awaited below
  await step("connect", connection);
  if (!changes) return step("migrate", change ? deploy : checkMigrations);
  await step("push", async () =>
    change ? push(await changes, acceptDataLoss) : checkTables(await changes),
  );
  if (start) await step("migrate", startMigrations);
}

/** Checks that the tables match the schema; changes nothing. */
function checkTables(changes: Difference): string {
  if (changes.lines.length === 0) return "nothing to change";
  const message = `The tables differ from ${schemaPath()}. Setup would change:${indented(changes)}`;
  throw new Problem(`${message}\nRun: npm run setup`);
}

/** `setup`: installs, generates and pushes, for the project in the current folder. */
export async function setupCommand(args: string[]): Promise<void> {
  const flag = { type: "boolean", default: false } as const;
  const known = { check: flag, "accept-data-loss": flag, "start-migrations": flag };
  const given = options(args, known, usage);
  if (!given) return;
  refuseOtherManagers();
  const { check, "accept-data-loss": acceptDataLoss, "start-migrations": start } = given.values;
  if (!check) await lock();
  await setup(!check, { acceptDataLoss, start: start && !check });
  const address = setting("BETTER_AUTH_URL") || `http://localhost:${setting("PORT") || 3000}`;
  const page = pages.some((file) => existsSync(file)) ? "/auth/sign-up" : "";
  const next = `\nReady. Start it with:\n\n    ${manager()} run dev\n\nand open ${address}${page}\n`;
  console.log(check ? "\nAll is well." : next);
}
