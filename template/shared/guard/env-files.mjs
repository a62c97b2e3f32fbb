// @ts-check
// Not in settings.mjs, which Next.js bundles: its build would trace every file of the project.
// Next.js reads these env files itself.
import { existsSync, readFileSync } from "node:fs";
import { complete, parsed, places } from "./settings.mjs";

const environment = "the environment";
const files = [".env.local", ".env"];

/** See env-files.d.mts. */
export function loadEnvFiles() {
  /** @type {[string, NodeJS.Dict<string>][]} */
  const sources = [[environment, { ...process.env }]];
  for (const file of files) {
    if (existsSync(file)) sources.push([file, parsed(readFileSync(file, "utf8"))]);
  }
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
