// Changes that each push would make again, to no effect: the database writes a default in its own way.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./run.ts";

const record = join(cache, "endless-changes.json");

/** The known ones, in the form of `Difference.points`. */
export function endlessPoints(): string[] {
  try {
    return JSON.parse(readFileSync(record, "utf8")) as string[];
  } catch {
    return [];
  }
}

/** Leaves these out of differences from now on. */
export function recordEndless(points: string[]): void {
  mkdirSync(cache, { recursive: true });
  writeFileSync(record, JSON.stringify(points));
}
