// The changes of SQLite's tables: Prisma recreates them, and its summary does not say why.
import { prisma } from "./prisma.ts";
import { schemaPath } from "./schema.ts";

/** The columns that a script creates in a new table, with their definitions. */
function columns(table: string, script: string): Map<string, string> {
  const [, body = ""] =
    new RegExp(`^CREATE TABLE "new_${table}" \\(([^]*?)^\\);`, "m").exec(script) ?? [];
  const found = [...body.matchAll(/^ +"(\w+)" (.*?),?$/gm)];
  return new Map(found.map(([, name = "", definition = ""]) => [name, definition]));
}

/**
 * The changes of a table's columns.
 *
 * @param table its name
 * @param forth the script from the database to the schema
 * @param back the script from the schema to the database
 */
export function points(table: string, forth: string, back: string): string[] {
  const [now, old] = [columns(table, forth), columns(table, back)];
  const returning = new RegExp(`^ALTER TABLE "${table}" ADD COLUMN +"(\\w+)"`, "gm");
  const gone = [...old.keys()].filter((name) => !now.has(name));
  gone.push(...[...back.matchAll(returning)].map(([, name = ""]) => name));
  const [, copied] = new RegExp(`^INSERT INTO "new_${table}" \\((.*?)\\)`, "m").exec(forth) ?? [];
  const isKept = (name: string) => copied?.includes(`"${name}"`) ?? true;
  const found = gone.map((name) => `removed column ${name}`);
  for (const [name, definition] of now) {
    if (!isKept(name)) found.push(`added column ${name}`);
    else if (definition !== (old.get(name) ?? definition)) {
      found.push(`column ${name} becomes ${definition}`);
    }
  }
  return found.length > 0 ? found : ["it is rebuilt with all of its rows"];
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
