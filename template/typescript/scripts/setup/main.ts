import { join } from "node:path";
import { parseArgs } from "node:util";
import { database } from "./database.ts";
import { completeEnvFile } from "./env-file.ts";
import { generate } from "./generate.ts";
import { lock } from "./lock.ts";
import { refuseConflicts } from "./conflicts.ts";
import { install } from "./packages.ts";
import { engine, generateClient, push, schemaDifference } from "./prisma.ts";
import { Problem, step } from "./report.ts";

const usage = `Usage: npm run setup [-- OPTION]

Takes a fresh clone to a running database; can be repeated at any time.

  --check             only look, change nothing
  --accept-data-loss  let the database lose what no longer fits the schema
  --help              this text`;

function options() {
  try {
    return parseArgs({
      options: {
        check: { type: "boolean", default: false },
        "accept-data-loss": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${usage}`);
  }
}

async function setup(change: boolean, acceptDataLoss: boolean): Promise<void> {
  await step("tools", () => {
    refuseConflicts();
    return `Node.js ${process.versions.node}`;
  });
  await step("install", () => install(".", change));
  await step("settings", () => completeEnvFile(change));
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
  await step("push", () => (change ? push(acceptDataLoss) : schemaDifference()));
}

async function main(): Promise<void> {
  const { check, help, "accept-data-loss": acceptDataLoss } = options();
  if (help) return console.log(usage);
  process.chdir(join(import.meta.dirname, "../.."));
  if (!check) await lock();
  await setup(!check, acceptDataLoss);
  console.log(check ? "\nAll is well." : "\nReady. Start it with:\n\n    npm run dev\n");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
