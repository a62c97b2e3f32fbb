import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endless, indented, type Difference } from "./difference.ts";
import { failure, prisma } from "./prisma.ts";
import { Problem } from "./report.ts";
import type { Result } from "./run.ts";
import { provider, schemaPath, schemaText } from "./schema.ts";
import { wrapped } from "./wrapping.ts";

// A new unique index loses no data: over duplicates, creating it fails.
const unique = /A unique constraint covering the columns `\[(.+)\]` on the table `(.+?)` /;

// Changes that a push may make again and again.
const mayReturn = /[:;] altered column| becomes | is rebuilt /;

/** Names the fields that differ after the push, too. */
async function nameEndless({ lines }: Difference): Promise<void> {
  const hasExpressions = schemaText().includes("dbgenerated(");
  if (!hasExpressions && !lines.some((line) => mayReturn.test(line))) return;
  const fields = await endless();
  if (fields.length === 0) return;
  const sentence =
    `Each push would change ${fields.join(", ")} again: the database writes the default in a way ` +
    "of its own. Setup leaves that alone from now on.";
  console.log(`    ${wrapped(sentence).replaceAll("\n", "\n    ")}`);
}

/**
 * Prints what will change in the tables, and changes it.
 *
 * @param changes what has to change in the database
 * @param acceptDataLoss whether tables, columns and data may be deleted
 * @returns the result in words
 */
export async function push(changes: Difference, acceptDataLoss: boolean): Promise<string> {
  if (changes.lines.length === 0) return "nothing to change";
  // Prisma warns only of lost rows, and would drop empty tables of other programs silently.
  const isRefused = changes.dropped.length > 0 && !acceptDataLoss;
  console.log(`    The database ${isRefused ? "would" : "will"} change:${indented(changes)}`);
  if (isRefused) throw new Problem(keep(changes.dropped));
  let result = await prisma(["db", "push", ...(acceptDataLoss ? ["--accept-data-loss"] : [])]);
  const losses = points(result.output, "data loss");
  let isPushed = isDone(result);
  if (losses.length > 0 && !acceptDataLoss && losses.every((point) => unique.test(point))) {
    result = await execute(["--from-config-datasource", "--to-schema", schemaPath()]);
    isPushed = result.status === 0;
  }
  if (isPushed) {
    await nameEndless(changes);
    return "tables updated";
  }
  throw new Problem(explain(result, losses, acceptDataLoss));
}

/** Whether `prisma db push` succeeded; its status is 0 even if its engine crashed. */
export const isDone = ({ status, output }: Result): boolean =>
  status === 0 && /in sync/.test(output);

/**
 * Runs a difference as one script, which PostgreSQL executes atomically.
 *
 * @param between the two sides, as options of `prisma migrate diff`
 * @param env settings that override the project's
 */
export async function execute(
  between: string[],
  env: Record<string, string> = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "push-"));
  const script = join(folder, "script.sql");
  try {
    const diff = ["migrate", "diff", "--script", "--output", script, ...between];
    const made = await prisma(diff, env);
    return made.status === 0 ? await prisma(["db", "execute", "--file", script], env) : made;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The message that names what would be dropped, and the ways out. */
function keep(dropped: string[]): string {
  const last = dropped.slice(-1).join("");
  const named = dropped.length > 1 ? `${dropped.slice(0, -1).join(", ")} and ${last}` : last;
  const { form, protocol } = provider();
  const schema = protocol === "PostgreSQL" ? "a schema (?schema=…) or " : "";
  const place = `${schema}a ${form === "file" ? "file" : "database"} for this project alone`;
  return (
    `Setup would drop ${named}, which ${schemaPath()} does not have. Nothing was changed. ` +
    `${advice(dropped)}If another program needs them, name ${place} in DATABASE_URL, or write models ` +
    `for them, or their fields and indexes, into ${schemaPath()}; to drop them, run setup again with ` +
    "--accept-data-loss."
  );
}

/** Why the tables were not changed, and what to do. */
function explain({ output }: Result, losses: string[], accepted: boolean): string {
  const uniques = losses.flatMap((point) => {
    const [, columns = "", table = ""] = unique.exec(point) ?? [];
    return table ? { columns, table } : [];
  });
  if (output.includes("P2002") && uniques.length > 0) {
    const named = uniques.filter(({ columns, table }) =>
      output.includes(`${table}_${columns.replaceAll(",", "_")}`),
    );
    const places = (named.length > 0 ? named : uniques).map(
      (one) => `${one.columns} of ${one.table}`,
    );
    return (
      `Rows of the database have the same value in ${places.join(" or ")}, which has to be unique. ` +
      "No row was changed; change the duplicates and run setup again."
    );
  }
  if (losses.length > 0 && !accepted) {
    const deleting = losses.filter((point) => !unique.test(point));
    return (
      `\`prisma db push\` would lose data: ${deleting.join(" ")} Nothing was changed. ` +
      `Keep the data by changing ${schemaPath()} or moving it first, or run ` +
      "setup again with --accept-data-loss."
    );
  }
  const impossible = points(output, "cannot be executed");
  if (impossible.length > 0) {
    return (
      `\`prisma db push\` cannot change the database: ${impossible.join(" ")} Nothing was changed. ` +
      `Give the field a default or make it optional in ${schemaPath()}, or fill the rows in first.`
    );
  }
  return failure("db push", output).message;
}

/** Remedies for known changes of better-auth's own schema. */
function advice(losses: string[]): string {
  // https://github.com/better-auth/better-auth/issues/11274
  if (!losses.some((point) => point.includes("the column issuer of account"))) return "";
  return (
    "better-auth 1.7.0 to 1.7.2 filled account.issuer and later ones do not, so nobody can sign up " +
    "until it is optional or gone: to keep its values, write `issuer String?` and " +
    "`@@unique([issuer, accountId])` into the model Account. "
  );
}

/** The list items below a heading, as sentences. */
function points(output: string, heading: string): string[] {
  const below = output.split(heading)[1] ?? "";
  const found = [...below.matchAll(/^\s*[•*-]\s*(.+)$/gm)];
  return found.map(([, point]) => `${point?.replace(/[. ]+$/, "")}.`);
}
