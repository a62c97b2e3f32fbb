// @ts-check
/**
 * The command `npm run purge`: deletes expired sessions and verifications, and messages that were sent
 * or have failed a month ago. Its argument is the folder of auth.ts, env.ts and prisma.ts.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { store } from "./store.mjs";

/** How long messages are kept, in seconds. */
const AGE = 30 * 24 * 60 * 60;

const folder = resolve(process.argv[2] ?? ".");
/** @param {string} file */
const load = (file) => import(pathToFileURL(`${folder}/${file}`).href);

(await load("env.ts")).checkEnv();
const { auth } = await load("auth.ts");
const { prisma } = await load("prisma.ts");
try {
  const { adapter, tables } = await auth.$context;
  for (const model of ["session", "verification"]) {
    // With a secondary storage, a table may not exist.
    if (!Object.hasOwn(tables, model)) continue;
    const where = [{ field: "expiresAt", operator: "lt", value: new Date() }];
    console.info(`${model}: ${await adapter.deleteMany({ model, where })} deleted`);
  }
  console.info(`outbox: ${await store(prisma).purge(AGE)} deleted`);
} catch (error) {
  console.error(error instanceof Error ? error.message.trim() : error);
  process.exitCode = 1;
} finally {
  await prisma.$disconnect();
}
