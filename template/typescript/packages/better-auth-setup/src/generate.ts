import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { oversights } from "./compare.ts";
import { prisma } from "./prisma.ts";
import { lastWords, Problem, warn } from "./report.ts";
import { command, node, type Result } from "./run.ts";
import { isFolder, schemaPath, schemaText } from "./schema.ts";

const configuration = "src/lib/auth.ts";

const squeeze = (line: string | undefined) => line?.trim().replace(/\s+/g, " ");

/**
 * `before` with the lines that `after` has more; a generator that aligns columns anew changes
 * nothing by that.
 *
 * @returns nothing if a line of `before` is missing in `after`, or stands elsewhere
 */
export function insertAdditions(before: string, after: string): string | undefined {
  const old = before.split("\n");
  const result: string[] = [];
  let position = 0;
  let blank = false;
  for (const line of after.split("\n")) {
    if (!squeeze(line)) {
      blank = true;
      continue;
    }
    const start = position;
    while (position < old.length && !squeeze(old[position])) position++;
    if (squeeze(old[position]) === squeeze(line)) {
      result.push(...old.slice(start, ++position));
    } else {
      position = start;
      if (blank && squeeze(result.at(-1))) result.push("");
      result.push(line);
    }
    blank = false;
  }
  const rest = old.slice(position);
  return rest.some(squeeze) ? undefined : [...result, ...rest].join("\n");
}

/** The lines of `after` that are not in `before`, each with the block it stands in. */
export function additions(before: string, after: string): string[] {
  const blocks = (schema: string) => {
    let block = "";
    return schema.split("\n").flatMap((line) => {
      block = /^(\w+ \w+) *\{/.exec(line)?.[1] ?? block;
      const text = squeeze(line);
      return text && text !== "}" ? `${block}: ${text}` : [];
    });
  };
  const known = new Set(blocks(before));
  return blocks(after).filter((line) => !known.has(line));
}

/**
 * Adds to the schema what the plugins in src/lib/auth.ts need, with better-auth's own generator.
 *
 * It works on a copy, whose new lines are taken only if every line of yours is still there, in
 * order, and Prisma accepts the result. Otherwise the schema stays as it is, and what to add by hand is shown.
 *
 * @param change whether to do it, or only to say what is missing
 * @returns what happened, and whether the schema is another one now
 */
export async function generate(change: boolean): Promise<{ result: string; changed: boolean }> {
  const before = schemaText();
  const schema = schemaPath();
  const folder = mkdtempSync(join(process.cwd(), dirname(schema), ".generate-"));
  const draft = join(folder, "schema.prisma");
  const fresh = join(folder, "fresh.prisma");
  try {
    writeFileSync(draft, before);
    const [{ status, output }] = await Promise.all([officially(draft), officially(fresh)]);
    const after = readFileSync(draft, "utf8");
    // Its exit status is 0 even when it did nothing; only these two tell that it got to its end.
    if (status !== 0 || (after === before && !/already up to date/i.test(output))) {
      throw new Problem(`\`auth generate\` failed: ${lastWords(output)}.`);
    }
    const added = additions(before, after);
    if (added.length === 0) {
      const hooks = readFileSync(configuration, "utf8").includes("databaseHooks");
      const overlooked = oversights(before, readFileSync(fresh, "utf8"), hooks);
      if (overlooked.length > 0) throw new Problem(`${schema}: ${overlooked.join(" ")}`);
      return { result: `${schema} is up to date`, changed: false };
    }
    if (!change) throw new Problem(`${schema} lacks:\n${indent(added)}\nRun: npm run setup`);

    const result = insertAdditions(before, after);
    writeFileSync(draft, result ?? after);
    const reason =
      result === undefined
        ? "it would have changed lines of yours"
        : isFolder()
          ? "it is a folder of files"
          : await refusal(before, added, draft);
    if (!reason) {
      renameSync(draft, schema);
      return {
        result: added.length === 1 ? "1 line added" : `${added.length} lines added`,
        changed: true,
      };
    }
    warn(
      `${schema} was left alone: ${reason}. better-auth's generator wanted these lines; ` +
        `add by hand what is really missing, then run npm run setup again:\n${indent(added)}`,
    );
    return { result: "left alone, see above", changed: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs better-auth's own generator on a file, which it makes if there is none. */
function officially(file: string): Promise<Result> {
  const args = ["generate", "--yes", "--config", configuration, "--output", file];
  return node(command("auth"), args);
}

/** Why the result must not become the schema; nothing if it may. */
async function refusal(before: string, added: string[], draft: string) {
  const renamed = added.find((line) => {
    const [model, attribute = ""] = line.split(": ", 2);
    return attribute.startsWith("@@map") && new RegExp(`^${model} *\\{`, "m").test(before);
  });
  if (renamed) return "it would have given a table of yours another name";
  const { status } = await prisma(["validate", "--schema", draft]);
  return status === 0 ? "" : "Prisma refuses the result";
}

const indent = (lines: string[]) => lines.map((line) => `    ${line}`).join("\n");

/** `generate`: brings the schema up to the configuration. */
export async function generateCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { check: { type: "boolean", default: false } } });
  console.log((await generate(!values.check)).result);
}
