// The changes of SQLite's tables: Prisma recreates them, and its summary does not say why.
import { prisma } from "./prisma.ts";
import { schemaPath } from "./schema.ts";

/** A name in a script, and one in a list of columns. */
const name = '"((?:[^"]|"")+)"';

export const escaped = (table: string) => table.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export const all = (script: string, pattern: string) => [
  ...script.matchAll(new RegExp(pattern, "gm")),
];

/** What a script creates a new table with. */
export function definition(table: string, script: string): string {
  const [[, body = ""] = []] = all(script, `^CREATE TABLE "new_${escaped(table)}" \\(([^]*?)^\\);`);
  return body;
}

/** The columns that a script creates in a new table, with their definitions. */
function columns(table: string, script: string): Map<string, string> {
  const found = all(definition(table, script), `^ +${name} (.*?),?$`);
  return new Map(found.map(([, column = "", definition = ""]) => [column, definition]));
}

const indexes = (table: string, script: string) =>
  all(script, `^CREATE (?:UNIQUE )?INDEX ${name} ON "${escaped(table)}"\\(`).map(
    ([, one = ""]) => one,
  );

/**
 * The changes of a table's columns and indexes, in the form of Prisma's summary.
 *
 * @param table its name
 * @param forth the script from the database to the schema
 * @param back the script from the schema to the database
 */
export function points(table: string, forth: string, back: string): string[] {
  const [now, old] = [columns(table, forth), columns(table, back)];
  const gone = [...old.keys()].filter((column) => !now.has(column));
  const returning = all(back, `^ALTER TABLE "${escaped(table)}" ADD COLUMN +${name}`);
  gone.push(...returning.map(([, column = ""]) => column));
  const [[, copied] = []] = all(forth, `^INSERT INTO "new_${escaped(table)}" \\((.*?)\\) SELECT`);
  const isKept = (column: string) => copied?.includes(`"${column}"`) ?? true;
  const found = gone.map((column) => `[-] Removed column \`${column}\``);
  const remaining = indexes(table, forth);
  for (const index of indexes(table, back)) {
    if (!remaining.includes(index)) found.push(`[-] Removed index \`${index}\``);
  }
  for (const [column, definition] of now) {
    if (!isKept(column)) found.push(`[+] Added column \`${column}\``);
    else if (definition !== (old.get(column) ?? definition)) {
      found.push(`[*] Column \`${column}\` becomes ${definition}`);
    }
  }
  return found.length > 0 ? found : ["[*] It is rebuilt with all of its rows"];
}

/** The scripts from the database to the schema, and back. */
export async function scripts(env: Record<string, string>): Promise<[forth: string, back: string]> {
  const diff = ["migrate", "diff", "--script"];
  const [forth, back] = await Promise.all([
    prisma([...diff, "--from-config-datasource", "--to-schema", schemaPath()], env),
    prisma([...diff, "--from-schema", schemaPath(), "--to-config-datasource"], env),
  ]);
  return [forth.output, back.output];
}
