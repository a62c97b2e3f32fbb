import { reason, prisma } from "./prisma.ts";
import { points, scripts } from "./rebuilt-tables.ts";
import { Problem } from "./report.ts";
import { directUrl, origin } from "./settings.ts";
import { schemaPath } from "./schema.ts";

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const unquoted = (text: string) => text.replace(/`(.+?)`(?!\w)/g, "$1");

const removed = /^\[-\] (?:Removed|Dropped the) (.+)/;

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
    add(found, table, points(table, forth, back));
  }
  return found;
}

const onColumns = /^\[([-+])\] .* on columns (\(.*\))$/;

/** Records the changes of a table or an enum, in the form of Prisma's summary. */
function add(found: Difference, name: string, items: string[]): void {
  const shown = items.map((item) => lowerFirst(unquoted(item.slice(4))));
  found.lines.push(`changes ${name}: ${shown.join("; ")}`);
  const added = items.flatMap((item) => {
    const [, sign, place] = onColumns.exec(item) ?? [];
    return sign === "+" ? [place] : [];
  });
  for (const item of items) {
    const [, what] = removed.exec(item) ?? [];
    // An index or key with another one on the same columns is replaced.
    const [, , place] = onColumns.exec(item) ?? [];
    if (!what || (place && added.includes(place))) continue;
    found.dropped.push(`the ${unquoted(what).replace("variant", "value")} of ${name}`);
  }
}

/** Prisma's summary, without the columns of new tables and of removed ones. */
function changes(summary: string): Difference {
  const parts = new Map<string, string[]>();
  let part: string[] | undefined;
  for (const line of summary.split("\n")) {
    if (line.startsWith("[")) {
      part = parts.get(line.trim()) ?? [];
      parts.set(line.trim(), part);
    } else if (/^ +(-|\[.\]) /.test(line)) {
      part?.push(line.trim().replace(/^- /, ""));
    }
  }
  const created = parts.get("[+] Added tables") ?? [];
  parts.delete("[+] Added tables");
  const count = created.length > 1 ? `${created.length} tables` : "a table";
  const lines = created.length > 0 ? [`creates ${count}: ${created.join(", ")}`] : [];
  const found: Difference = { lines, dropped: [] };
  const whole = [...created];
  for (const [heading, items] of parts) {
    const [, changed] = /^\[\*\] Changed the `(.+)` (?:table|enum)$/.exec(heading) ?? [];
    if (changed) {
      if (!whole.includes(changed)) add(found, changed, items);
    } else if (!heading.startsWith("[*] Redefined table")) {
      found.lines.push(`${lowerFirst(heading.slice(4))}: ${items.join(", ")}`);
      const [, kind] = removed.exec(heading) ?? [];
      if (!kind) continue;
      whole.push(...items);
      found.dropped.push(...items.map((item) => `the ${kind.replace(/s$/, "")} ${item}`));
    }
  }
  return found;
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
