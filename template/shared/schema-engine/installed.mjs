// @ts-check
/** See installed.d.mts. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The commands whose only use of the URL is to pass it to the engine; `studio` connects itself. */
const commands = ["db", "migrate"];

/** See installed.d.mts. @param {string} url */
export function useInstalledEngine(url) {
  if (!existsSync(new URL("node_modules/.package-lock.json", import.meta.url))) return url;
  const engine = fileURLToPath(new URL("index.mjs", import.meta.url));
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= engine;
  const isOther = process.env.PRISMA_SCHEMA_ENGINE_BINARY !== engine;
  if (isOther || !commands.includes(process.argv[2] ?? "")) return url;
  const [, start, password, end] =
    /^(postgres(?:ql)?:\/\/[^:@/?]*:)([^@/?]+)(@.*)$/s.exec(url) ?? [];
  // Setup has already replaced it.
  if (!password || password.startsWith("PASSWORD_OF_")) return url;
  process.env.PASSWORD_OF_URL = password;
  return `${start}PASSWORD_OF_URL${end}`;
}
