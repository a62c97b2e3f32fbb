import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "./lock.ts";
import { Problem } from "./report.ts";

const marker = "<<<<<<< before updating";
const skipped = new Set([".git", ".postgres", "node_modules", "generated"]);
const largest = 1_000_000;

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* files(path);
    // Closing a file would release the locks that this process holds on it.
    else if (entry.name.startsWith(lockFile)) continue;
    else if (entry.isFile() && statSync(path).size <= largest) yield path;
  }
}

/** @throws a Problem with the names of files that have conflict markers of an update */
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
