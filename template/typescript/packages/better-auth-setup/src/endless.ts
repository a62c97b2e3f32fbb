// Changes that each push would make again, to no effect: the database writes a default in its own way.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { all, escaped } from "./rebuilt-tables.ts";
import { cache } from "./run.ts";

const record = join(cache, "endless-changes.json");

/** The changes recorded so far, each as its `Point.identity` in difference.ts. */
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

// A default that a push gives to a column, as Prisma's summary has it, and for a rebuilt table.
const newDefault =
  /^\[\*\] Altered column `(.+?)` \(default changed from .* to `Some\(DbGenerated\(Some\((".*")\)\)\)`\)$/;
const newDefinition = /^\[\*\] Column `(.+?)` becomes (.* DEFAULT .*)$/;

/** Whether a script gives a column the default of a point, and no other one after that. */
export function hasDefault(script: string, table: string, item: string): boolean {
  const [, altered, expression] = newDefault.exec(item) ?? [];
  const [, column = altered, definition] = newDefinition.exec(item) ?? [];
  if (!column) return false;
  const wanted = expression ? `DEFAULT ${JSON.parse(expression) as string}` : definition;
  const about = `^(?:CREATE|ALTER) TABLE ["\`](?:new_)?${escaped(table)}["\`] [^]*?;$`;
  const statements = all(script, about).join("\n");
  const lines = all(statements, `["\`]${escaped(column)}["\`] .*?\\bDEFAULT\\b.*`);
  const [last = ""] = lines.at(-1) ?? [];
  return wanted !== undefined && last.replace(/[,;]+$/, "").endsWith(wanted);
}
