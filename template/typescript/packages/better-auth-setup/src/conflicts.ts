import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./report.ts";

const marker = "<<<<<<< before updating";
const notOurs = new Set([".git", ".postgres", "node_modules", "generated"]);
const largest = 1_000_000;

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !notOurs.has(entry.name)) yield* files(path);
    else if (entry.isFile() && statSync(path).size <= largest) yield path;
  }
}

/** Looks for the markers that an update leaves where your lines and the template's collide. */
export function refuseConflicts(): void {
  const found = [...files(".")].filter((file) => {
    const text = readFileSync(file, "latin1");
    return text.startsWith(marker) || text.includes(`\n${marker}`);
  });
  if (found.length === 0) return;
  throw new Problem(
    `The last update left conflicts in ${found.sort().join(", ")}; resolve them (look for ` +
      `"${marker}") and run setup again.`,
  );
}
