import { lowerFirst } from "./document.ts";
import { endlessPoints, hasDefault, recordEndless } from "./endless.ts";
import { failure, prisma } from "./prisma.ts";
import { definition, escaped, points, scripts } from "./rebuilt-tables.ts";
import { schemaPath } from "./schema.ts";

const unquoted = (text: string) => text.replace(/`(.+?)`(?!\w)/g, "$1");

const removed = /^\[-\] (?:Removed|Dropped the) (.+)/;

const rebuiltTable = /^\[\*\] Redefined table `(.+)`$/gm;

/** What has to change in the database, a line for each table, and what would be dropped. */
export type Difference = { lines: string[]; dropped: string[] };

/**
 * A comparison before `without` leaves changes out: `removed` has the removed tables and enums,
 * `points` the changes of other tables and enums, and `lines` all other changes.
 */
type Compared = { lines: string[]; removed: [heading: string, names: string[]][]; points: Point[] };

/** A change in the form of Prisma's summary, and all that identifies it. */
type Point = { name: string; item: string; identity: string };

const pointsOf = (name: string, items: string[], definitions = ""): Point[] =>
  items.map((item) => ({ name, item, identity: `${name}: ${item} ${definitions}` }));

/** The changes of tables that Prisma recreates. */
async function rebuilt(summary: string, env: Record<string, string>): Promise<Point[]> {
  const tables = [...summary.matchAll(rebuiltTable)].map(([, table = ""]) => table);
  if (tables.length === 0) return [];
  const [forth, back] = await scripts(env);
  return tables.flatMap((table) => {
    const definitions = definition(table, forth) + definition(table, back);
    return pointsOf(table, points(table, forth, back), definitions);
  });
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
function changes(summary: string): Compared {
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
  const found: Compared = { lines, removed: [], points: [] };
  const whole = [...created];
  for (const [heading, items] of parts) {
    const [, changed] = /^\[\*\] Changed the `(.+)` (?:table|enum)$/.exec(heading) ?? [];
    if (changed) {
      if (!whole.includes(changed)) found.points.push(...pointsOf(changed, items));
    } else if (removed.test(heading)) {
      whole.push(...items);
      found.removed.push([heading, items]);
    } else if (!heading.startsWith("[*] Redefined table")) {
      found.lines.push(`${lowerFirst(heading.slice(4))}: ${items.join(", ")}`);
    }
  }
  return found;
}

/** What is left of a comparison without some changes. */
function without(compared: Compared, isEndless: (point: Point) => boolean) {
  const wanted = compared.points.filter((point) => !isEndless(point));
  const found: Difference = { lines: [...compared.lines], dropped: [] };
  for (const [heading, names] of compared.removed) {
    const gone = names.filter(
      (name) => !isEndless({ name, item: `[-] \`${name}\``, identity: "" }),
    );
    const [, kind = ""] = removed.exec(heading) ?? [];
    found.dropped.push(...gone.map((name) => `the ${kind.replace(/s$/, "")} ${name}`));
    if (gone.length > 0) found.lines.push(`${lowerFirst(heading.slice(4))}: ${gone.join(", ")}`);
  }
  for (const changed of new Set(wanted.map(({ name }) => name))) {
    const items = wanted.filter(({ name }) => name === changed).map(({ item }) => item);
    add(found, changed, items);
  }
  return found;
}

/**
 * Compares the database with the schema, but for endless changes; changes nothing.
 *
 * @param env settings that override the project's
 */
export async function difference(env: Record<string, string> = {}): Promise<Difference> {
  const known = endlessPoints();
  return without(await compared(env), ({ identity }) => known.includes(identity));
}

/**
 * The changes of the schema that no migration makes. Two differences do not count: a default that a
 * migration sets and the database writes in its own way, and what other programs have added to the
 * database.
 *
 * @param script the SQL of all migrations, which the database has
 */
export async function unwritten(script: string): Promise<Difference> {
  return without(
    await compared({}),
    ({ name, item }) => hasDefault(script, name, item) || isForeign(script, name, item),
  );
}

const inQuotes = (name: string) => `["\`'\\[](?:new_)?${escaped(name)}["\`'\\]]`;

/** Whether a change removes a table, an enum or a part of one that a script does not create. */
function isForeign(script: string, name: string, item: string): boolean {
  if (!item.startsWith("[-]")) return false;
  const [, , columns] = onColumns.exec(item) ?? [];
  const parts =
    columns?.slice(1, -1).split(", ") ??
    [...item.matchAll(/`(.+?)`(?!\w)/g)].map(([, part = ""]) => part);
  const list = parts.map(inQuotes).join("[^,()]*, *");
  const made = new RegExp(columns ? `\\(${list}` : list);
  const about = new RegExp(inQuotes(name));
  return !script.split(";").some((statement) => about.test(statement) && made.test(statement));
}

/**
 * Records what still differs after a push, as the database writes a default in its own way. Each push
 * would change it again, to no effect; `difference` leaves it out from now on.
 *
 * @returns the fields, such as "user.id"
 */
export async function endless(): Promise<string[]> {
  const { points } = await compared({});
  if (points.length > 0) recordEndless(points.map(({ identity }) => identity));
  return points.map(({ name, item }) => {
    const [, field] = /^\[\*\] (?:Altered c|C)olumn `(.+?)`(?!\w)/.exec(item) ?? [];
    return field ? `${name}.${field}` : name;
  });
}

async function compared(env: Record<string, string>): Promise<Compared> {
  const args = ["migrate", "diff", "--from-config-datasource", "--to-schema", schemaPath()];
  const { status, output } = await prisma([...args, "--exit-code"], env);
  if (status === 0) return { lines: [], removed: [], points: [] };
  if (status === 2) {
    const found = changes(output);
    return { ...found, points: [...found.points, ...(await rebuilt(output, env))] };
  }
  if (output.includes("P1003")) {
    return { lines: ["creates the database and all of its tables"], removed: [], points: [] };
  }
  throw failure("migrate diff", output);
}

/** The changes as an indented list. */
export const indented = ({ lines }: Difference): string =>
  lines.map((line) => `\n      ${line}`).join("");
