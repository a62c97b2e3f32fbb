import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { parseEnv } from "node:util";
import { Problem } from "./report.ts";

const file = ".env.local";

/** What .env.local says; nothing if there is no such file. */
export function readEnvFile(): Record<string, string> {
  if (!existsSync(file)) return {};
  return parseEnv(readFileSync(file, "utf8")) as Record<string, string>;
}

/**
 * A setting as the application will see it: the environment goes before .env.local, and that before
 * .env.
 */
export function setting(key: string): string {
  const rest = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return process.env[key] || readEnvFile()[key] || rest[key] || "";
}

/** Gives keys a value where .env.local has none. Every other line stays as it is. */
export function fill(values: Record<string, string>): void {
  let text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  for (const [key, value] of Object.entries(values)) {
    const empty = new RegExp(
      `^([ \\t]*(?:export[ \\t]+)?${key}[ \\t]*=)[ \\t]*(?:""|'')?[ \\t]*(#.*)?(?=\\r?$)`,
      "m",
    );
    if (empty.test(text)) {
      // A comment behind the empty value stays.
      text = text.replace(empty, (_, start: string, comment?: string) => {
        return `${start}"${value}"${comment ? `  ${comment}` : ""}`;
      });
    } else text += `${text && !text.endsWith("\n") ? newline : ""}${key}="${value}"${newline}`;
  }
  write(text);
}

/** Replaces .env.local as a whole, or not at all; only its owner may read it. */
function write(text: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Problem(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** The keys of .env.example that .env.local does not have, each with the comment above it. */
function newKeys(): [key: string, lines: string][] {
  const known = readEnvFile();
  const blocks = readFileSync(".env.example", "utf8").split(/\n{2,}/);
  return blocks.flatMap((block): [string, string][] => {
    const missing = Object.keys(parseEnv(block)).filter((key) => !(key in known));
    const lines = block.trim().split("\n");
    const comment = lines.filter((line) => line.startsWith("#"));
    return missing.map((key, index) => {
      const own = lines.filter((line) => line.startsWith(`${key}=`));
      return [key, [...(index === 0 ? ["", ...comment] : []), ...own, ""].join("\n")];
    });
  });
}

/**
 * Completes .env.local: a secret of its own, keys that came with a newer template, and no reader but
 * the owner.
 *
 * @param change whether to do it, or only to say what is missing
 */
export function completeEnvFile(change: boolean): string {
  const done: string[] = [];
  const isOpen =
    existsSync(file) && process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
  if (isOpen) done.push("readable by its owner alone");
  const missing = newKeys();
  const needsSecret = !setting("BETTER_AUTH_SECRET");
  if (needsSecret) done.push("BETTER_AUTH_SECRET made");
  for (const [key] of missing) if (key !== "BETTER_AUTH_SECRET") done.push(`${key} added`);
  if (done.length === 0) return "complete";
  if (!change) throw new Problem(`${file} is not complete. Run: npm run setup`);

  if (missing.length > 0) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    const end = text && !text.endsWith("\n") ? newline : "";
    const more = missing.map(([, lines]) => lines.replaceAll("\n", newline)).join("");
    write(text + end + (text ? more : more.trimStart()));
  }
  if (needsSecret) fill({ BETTER_AUTH_SECRET: randomBytes(32).toString("base64url") });
  if (isOpen) chmodSync(file, 0o600);
  return done.join(", ");
}
