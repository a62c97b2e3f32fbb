import { reason, prisma } from "./prisma.ts";
import { points, scripts } from "./rebuilt-tables.ts";
import { Problem } from "./report.ts";
import { origin } from "./settings.ts";
import { schemaPath } from "./schema.ts";

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const rebuiltTable = /^\[\*\] Redefined table `(.+)`$/gm;

/** What becomes of the tables that are made anew, a line for each. */
async function rebuilt(summary: string): Promise<string[]> {
  const tables = [...summary.matchAll(rebuiltTable)].map(([, table = ""]) => table);
  if (tables.length === 0) return [];
  const [forth, back] = await scripts();
  return tables.map((table) => `changes ${table}: ${points(table, forth, back).join("; ")}`);
}

/** Prisma's summary, a line for each table; what a new table consists of is left out. */
function changes(summary: string): string[] {
  const parts = new Map<string, string[]>();
  let part: string[] | undefined;
  for (const line of summary.split("\n")) {
    if (line.startsWith("[")) {
      part = parts.get(line.trim()) ?? [];
      parts.set(line.trim(), part);
    } else if (/^ +(-|\[.\]) /.test(line)) {
      part?.push(line.trim().replace(/^(- |\[.\] )/, ""));
    }
  }
  const created = parts.get("[+] Added tables") ?? [];
  const count = created.length > 1 ? `${created.length} tables` : "a table";
  const found = created.length > 0 ? [`creates ${count}: ${created.join(", ")}`] : [];
  parts.delete("[+] Added tables");
  for (const [heading, items] of parts) {
    if (heading.startsWith("[*] Redefined table")) continue;
    const [, table] = /^\[\*\] Changed the `(.+)` table$/.exec(heading) ?? [];
    if (!table) {
      found.push(`${lowerFirst(heading.replace(/^\[.\] /, ""))}: ${items.join(", ")}`);
    } else if (!created.includes(table)) {
      const told = items.map((point) => lowerFirst(point.replaceAll("`", "")));
      found.push(`changes ${table}: ${told.join("; ")}`);
    }
  }
  return found;
}

/**
 * Compares the tables of the database with the schema; changes nothing.
 *
 * @returns what would have to change, a line for each table; empty if nothing would
 */
export async function difference(): Promise<string> {
  const args = ["migrate", "diff", "--from-config-datasource", "--to-schema", schemaPath()];
  const { status, output } = await prisma([...args, "--exit-code"]);
  if (status === 0) return "";
  if (status === 2) return indent([...changes(output), ...(await rebuilt(output))]);
  // The database does not exist.
  if (output.includes("P1003")) return indent(["creates the database and all of its tables"]);
  throw new Problem(refused(output) ?? `\`prisma migrate diff\` failed: ${reason(output)}.`);
}

/** What to do where the server does not accept the password. */
export function refused(output: string): string | undefined {
  const [, server, user] = /P1000\b[^`]*`([^`]+)`[^`]*`([^`]+)`/.exec(output) ?? [];
  if (!server) return undefined;
  return (
    `The database server at ${server} does not accept the password of "${user}"; ` +
    `correct ${origin("DATABASE_URL")}.`
  );
}

const indent = (lines: string[]) => lines.map((line) => `\n      ${line}`).join("");
