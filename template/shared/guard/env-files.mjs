// @ts-check
// Not in settings.mjs: Next.js reads env files itself, and `readSettings` what it leaves empty.
import { complete, places, readEnvFile } from "./settings.mjs";

const environment = "the environment";
const files = [".env.local", ".env"];

/** See env-files.d.mts. */
export function loadEnvFiles() {
  /** @type {[string, NodeJS.Dict<string>][]} */
  const sources = [[environment, { ...process.env }]];
  for (const file of files) sources.push([file, readEnvFile(file)]);
  for (const [place, values] of sources) {
    for (const [key, value] of Object.entries(values)) {
      const first = places.get(key);
      if (value && !first?.includes(" overrides ")) {
        places.set(key, first ? `${first}, which overrides ${place}` : place);
      }
    }
    complete(values);
  }
}

/** See env-files.d.mts. */
export function prismaUrl() {
  loadEnvFiles();
  const { DATABASE_URL = "", DIRECT_URL } = process.env;
  const rank = (/** @type {string} */ key) =>
    [environment, ...files].findIndex((place) => places.get(key)?.startsWith(place));
  return DIRECT_URL && rank("DIRECT_URL") <= rank("DATABASE_URL") ? DIRECT_URL : DATABASE_URL;
}
