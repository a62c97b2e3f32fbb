// @ts-check
/** See installed.d.mts. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** See installed.d.mts. */
export function useInstalledEngine() {
  if (!existsSync(new URL("node_modules/.package-lock.json", import.meta.url))) return;
  const engine = fileURLToPath(new URL("index.mjs", import.meta.url));
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= engine;
}
