import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prisma, schemaFile, schemaText } from "./prisma.ts";
import { Problem, warn } from "./report.ts";
import { command, node, tail } from "./run.ts";

/** Whether every line of `before` is in `after`, in the same order. */
export function keepsEveryLine(before: string, after: string): boolean {
  const lines = after.split("\n");
  let position = 0;
  for (const line of before.split("\n")) {
    position = lines.indexOf(line, position) + 1;
    if (position === 0) return false;
  }
  return true;
}

/** The lines of `after` that are not in `before`, each with the block it stands in. */
export function additions(before: string, after: string): string[] {
  const squeeze = (line: string) => line.trim().replace(/\s+/g, " ");
  const blocks = (text: string) => {
    let block = "";
    return text.split("\n").flatMap((line) => {
      block = /^(\w+ \w+) *\{/.exec(line)?.[1] ?? block;
      return squeeze(line) && squeeze(line) !== "}" ? `${block}: ${squeeze(line)}` : [];
    });
  };
  const known = new Set(blocks(before));
  return blocks(after).filter((line) => !known.has(line));
}

/**
 * Adds to the schema what the plugins in src/lib/auth.ts need, with better-auth's own generator.
 *
 * It works on a copy, which becomes the schema only if every line of yours is still there, in order,
 * and Prisma accepts it. Otherwise the schema stays as it is, and what to add by hand is shown.
 *
 * @param change whether to do it, or only to say what is missing
 * @returns what happened, and whether the schema is another one now
 */
export async function generate(change: boolean): Promise<{ result: string; changed: boolean }> {
  const before = schemaText();
  const folder = mkdtempSync(join(process.cwd(), "prisma/.generate-"));
  const draft = join(folder, "schema.prisma");
  try {
    writeFileSync(draft, before);
    const args = ["generate", "--yes", "--config", "src/lib/auth.ts", "--output", draft];
    const { status, output } = await node(command("auth"), args);
    const after = readFileSync(draft, "utf8");
    // Its exit status is 0 even when it did nothing; only these two tell that it got to its end.
    if (status !== 0 || (after === before && !/already up to date/i.test(output))) {
      throw new Problem(`\`auth generate\` failed:\n${tail(output)}`);
    }
    const added = additions(before, after);
    if (added.length === 0) return { result: "up to date", changed: false };
    if (!change) throw new Problem(`${schemaFile} lacks:\n${indent(added)}\nRun: npm run setup`);

    const kept = keepsEveryLine(before, after);
    if (kept && (await prisma(["validate", "--schema", draft])).status === 0) {
      renameSync(draft, schemaFile);
      return { result: `${added.length} lines added`, changed: true };
    }
    const reason = kept ? "Prisma refuses the result" : "it would have changed lines of yours";
    warn(
      `${schemaFile} was left alone: ${reason}. better-auth's generator wanted these lines; ` +
        `add by hand what is really missing, then run npm run setup again:\n${indent(added)}`,
    );
    return { result: "left alone, see above", changed: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const indent = (lines: string[]) => lines.map((line) => `    ${line}`).join("\n");
