import { reason, prisma } from "./prisma.ts";
import { points, scripts } from "./rebuilt-tables.ts";
import { Problem } from "./report.ts";
import { directUrl, origin } from "./settings.ts";
import { schemaPath } from "./schema.ts";

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const rebuiltTable = /^\[\*\] Redefined table `(.+)`$/gm;

/** What has to change in the database, a line for each table, and what would be dropped. */
export type Difference = { lines: string[]; dropped: string[] };

/** The changes of tables that Prisma recreates. */
async function rebuilt(summary: string, env: Record<string, string>): Promise<Difference> {
  const tables = [...summary.matchAll(rebuiltTable)].map(([, table = ""]) => table);
  const found: Difference = { lines: [], dropped: [] };
  if (tables.length === 0) return found;
  const [forth, back] = await scripts(env);
  for (const table of tables) {
    const details = points(table, forth, back);
    found.lines.push(`changes ${table}: ${details.join("; ")}`);
    found.dropped.push(...columns(table, details));
  }
  return found;
}

const columns = (table: string, details: string[]) =>
  details.flatMap((point) => {
    const [, name] = /^removed column (\S+)/.exec(point) ?? [];
    return name ? `the column ${name} of ${table}` : [];
  });

/** Prisma's summary, without the columns of new tables. */
function changes(summary: string): Difference {
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
  const dropped = (parts.get("[-] Removed tables") ?? []).map((name) => `the table ${name}`);
  dropped.push(...(parts.get("[-] Removed enums") ?? []).map((name) => `the enum ${name}`));
  parts.delete("[+] Added tables");
  for (const [heading, items] of parts) {
    if (heading.startsWith("[*] Redefined table")) continue;
    const [, changed = ""] = /^\[\*\] Changed the `(.+)` enum$/.exec(heading) ?? [];
    for (const item of changed ? items : []) {
      const [, value] = /^Removed variant `?(\w+)/.exec(item) ?? [];
      if (value) dropped.push(`the value ${value} of ${changed}`);
    }
    const [, table] = /^\[\*\] Changed the `(.+)` table$/.exec(heading) ?? [];
    if (!table) {
      found.push(`${lowerFirst(heading.replace(/^\[.\] /, ""))}: ${items.join(", ")}`);
    } else if (!created.includes(table)) {
      const details = items.map((point) => lowerFirst(point.replaceAll("`", "")));
      found.push(`changes ${table}: ${details.join("; ")}`);
      dropped.push(...columns(table, details));
    }
  }
  return { lines: found, dropped };
}

/**
 * Compares the database with the schema; changes nothing.
 *
 * @param env settings that override the project's
 */
export async function difference(env: Record<string, string> = {}): Promise<Difference> {
  const args = ["migrate", "diff", "--from-config-datasource", "--to-schema", schemaPath()];
  const { status, output } = await prisma([...args, "--exit-code"], env);
  if (status === 0) return { lines: [], dropped: [] };
  if (status === 2) {
    const [direct, anew] = [changes(output), await rebuilt(output, env)];
    const dropped = [...direct.dropped, ...anew.dropped];
    return { lines: [...direct.lines, ...anew.lines], dropped };
  }
  if (output.includes("P1003")) {
    return { lines: ["creates the database and all of its tables"], dropped: [] };
  }
  throw new Problem(refused(output) ?? `\`prisma migrate diff\` failed: ${reason(output)}.`);
}

/** What to do if the server rejects the password, or a pooler rejects Prisma's CLI. */
export function refused(output: string): string | undefined {
  if (/unsupported startup parameter|prepared statement "s\d+"/.test(output)) {
    return "Set DIRECT_URL to the database's URL past the pooler, which Prisma's CLI cannot use.";
  }
  const [, server, user] = /P1000\b[^`]*`([^`]+)`[^`]*`([^`]+)`/.exec(output) ?? [];
  if (!server) return undefined;
  return (
    `The database server at ${server} does not accept the password of "${user}"; ` +
    `correct ${origin(directUrl() ? "DIRECT_URL" : "DATABASE_URL")}.`
  );
}

/** The changes as an indented list. */
export const indented = ({ lines }: Difference): string =>
  lines.map((line) => `\n      ${line}`).join("");
