import { randomBytes } from "node:crypto";
import {
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { parseEnv } from "node:util";
import { manifest } from "./packages.ts";
import { Problem } from "./report.ts";

const file = ".env.local";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The variables of an env file; none if it does not exist. */
function read(name: string): Record<string, string> {
  if (!existsSync(name)) return {};
  const content = readFileSync(name);
  let text: string;
  try {
    text = utf8.decode(content);
  } catch {
    throw new Problem(`${name} is not UTF-8 text; save it as UTF-8.`);
  }
  if (text.startsWith("\ufeff")) {
    throw new Problem(`Save ${name} without a byte order mark: Node.js reads it as a name.`);
  }
  // Where only blanks follow `=`, `parseEnv` takes the next line as the value.
  return parseEnv(text.replace(/=[ \t]+$/gm, "=")) as Record<string, string>;
}

/** The sources of settings, in order of precedence; an empty value counts as missing. */
const sources = (): [place: string, values: Record<string, string | undefined>][] => [
  ["of the environment", process.env],
  ["in .env.local", read(file)],
  ["in .env", read(".env")],
];

/** The value of a setting, as the application reads it; empty if it is missing. */
export function setting(key: string): string {
  return sources().find(([, values]) => values[key])?.[1][key] ?? "";
}

/** A setting's name with the source of its value. */
export function origin(key: string): string {
  const places = sources().flatMap(([place, values]) => (values[key] ? place : []));
  const [place = "in .env.local", next] = places;
  const overrides = next && place.startsWith("of") ? `, which overrides ${next.slice(3)}` : "";
  return `${key} ${place}${overrides}`;
}

/** All settings, for programs that only read the environment. */
export function environment(): Record<string, string> {
  const given = sources()
    .reverse()
    .flatMap(([, values]) => Object.entries(values).filter(([, value]) => value));
  const all = Object.fromEntries(given) as Record<string, string>;
  return { ...all, DIRECT_URL: directUrl() };
}

/**
 * The URL that Prisma's CLI uses instead of DATABASE_URL; empty if there is none. A file's DIRECT_URL
 * is ignored if DATABASE_URL comes from a source that precedes the file.
 */
export function directUrl(): string {
  const all = sources();
  const place = all.findIndex(([, values]) => values["DATABASE_URL"]);
  const found = all.slice(0, place + 1).find(([, values]) => values["DIRECT_URL"]);
  return found?.[1]["DIRECT_URL"] ?? "";
}

/** Sets keys that have no value in .env.local; all other lines stay unchanged. */
export function fill(values: Record<string, string>): void {
  let text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  for (const [key, value] of Object.entries(values)) {
    const empty = new RegExp(
      // The last line with the name counts.
      `([^]*^[ \\t]*(?:export[ \\t]+)?${key}[ \\t]*=)[ \\t]*(?:""|'')?[ \\t]*(#.*)?(?=\\r?$)`,
      "m",
    );
    if (empty.test(text)) {
      // Keep a comment after the empty value.
      text = text.replace(empty, (_, start: string, comment?: string) => {
        return `${start}"${value}"${comment ? `  ${comment}` : ""}`;
      });
    } else text += `${text && !text.endsWith("\n") ? newline : ""}${key}="${value}"${newline}`;
  }
  write(text);
}

/** Replaces .env.local atomically, readable for its owner only. */
function write(text: string): void {
  // It may be a link to a file that several checkouts share.
  const place = existsSync(file) ? realpathSync(file) : file;
  const draft = `${place}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Problem(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** The keys of .env.example that .env.local lacks, each with the comment above it. */
function newKeys(): [key: string, lines: string][] {
  if (!existsSync(".env.example")) return [];
  const known = read(file);
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

/** Refuses $ in settings of a project with Next.js, which expands $name; other programs do not. */
function refuseExpansions(): void {
  if (!manifest(".").dependencies?.["next"] || !existsSync(".env.example")) return;
  const files = sources().slice(1);
  const known = readFileSync(".env.example", "utf8").matchAll(/^(?:# )?([A-Z_]+)=/gm);
  for (const [, key = ""] of known) {
    for (const [place, values] of files) {
      if (!values[key]?.includes("$")) continue;
      const remedy = `Replace the $ of ${key} ${place}, in a URL by %24`;
      throw new Problem(`${remedy}: Next.js expands it, other programs do not.`);
    }
  }
}

/** Whether other users can read .env.local. */
const isOpen = () =>
  existsSync(file) && process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;

/**
 * Completes .env.local: generates the secret, and adds the keys of a newer template.
 *
 * @param change false to only report what is missing
 */
export function completeEnvFile(change: boolean): string {
  refuseExpansions();
  // True only with --check: otherwise bin.cjs has already made the file private.
  const done: string[] = isOpen() ? ["readable by you alone"] : [];
  const missing = newKeys();
  const needsSecret = !setting("BETTER_AUTH_SECRET");
  if (needsSecret) done.push("BETTER_AUTH_SECRET added");
  for (const [key] of missing) if (key !== "BETTER_AUTH_SECRET") done.push(`${key} added`);
  if (done.length === 0) return `${file} is complete`;
  if (!change) throw new Problem(`${file} is not complete. Run: npm run setup`);

  if (missing.length > 0) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    const end = text && !text.endsWith("\n") ? newline : "";
    const more = missing.map(([, lines]) => lines.replaceAll("\n", newline)).join("");
    write(text + end + (text ? more : more.trimStart()));
  }
  if (needsSecret) fill({ BETTER_AUTH_SECRET: randomBytes(32).toString("base64url") });
  return `${file}: ${done.join(", ")}`;
}
