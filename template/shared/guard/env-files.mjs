// @ts-check
/** Apart from settings.mjs: Next.js reads these files itself, and bundles what could read any file. */
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { places } from "./settings.mjs";

/** See env-files.d.mts. */
export function loadEnvFiles() {
  /** @type {[string, NodeJS.Dict<string>][]} */
  const sources = [["the environment", { ...process.env }]];
  for (const file of [".env.local", ".env"]) {
    if (existsSync(file)) sources.push([file, parseEnv(readFileSync(file, "utf8"))]);
  }
  for (const [place, values] of sources) {
    for (const [key, value] of Object.entries(values)) {
      if (value && !places.has(key)) places.set(key, place);
      process.env[key] ||= value ?? "";
    }
  }
}
