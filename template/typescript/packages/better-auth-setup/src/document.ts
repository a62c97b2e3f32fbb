import { withoutComments } from "./schema.ts";

/** A line without its alignment, for comparisons. */
export const squeeze = (line = "") => line.trim().replace(/\s+/g, " ");

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A type without the marks of a list and of an optional field. */
export const bare = (type: string): string => type.replace(/[?[\]]/g, "");

/** Whether a type is not a model or enum. */
export const isScalar = (type: string): boolean =>
  /^(String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes)$/.test(bare(type));

/** A field of a model, or a value of an enum. */
export type Field = { type: string; attributes: string };

/** A block of a schema, such as `model User { … }`, from line `start` to line `end`. */
export type Block = {
  kind: string;
  name: string;
  start: number;
  end: number;
  fields: Map<string, Field>;
  attributes: string[];
};

/** The blocks of a schema by kind and name, such as "model User". */
export function blocks(schema: string): Map<string, Block> {
  const found = new Map<string, Block>();
  let block: Block | undefined;
  for (const [number, raw] of withoutComments(schema).split("\n").entries()) {
    // Prisma takes blanks before the mark of a type, too.
    const line = squeeze(raw).replace(/^(\w+ \w+) (?=[?[])/, "$1");
    const [, kind, name] = /^(\w+) (\w+) ?\{/.exec(line) ?? [];
    if (!block && kind && name) {
      block = { kind, name, start: number, end: number, fields: new Map(), attributes: [] };
      found.set(`${kind} ${name}`, block);
    } else if (block) {
      const [, field, type = "", attributes = ""] = /^(\w+)(?: (\S+))? ?(.*)$/.exec(line) ?? [];
      if (line.startsWith("@@")) block.attributes.push(line);
      else if (field) block.fields.set(field, { type, attributes });
      if (line === "}") {
        block.end = number;
        block = undefined;
      }
    }
  }
  return found;
}

/** The kind and columns of an index, for comparisons. */
function index(attribute: string): string | undefined {
  const [, kind, columns = ""] =
    /^@@(unique|index|id)\((?:fields: )?\[(.*?)\]/.exec(attribute) ?? [];
  return kind && `${kind} ${columns.replace(/\s|\([^)]*\)/g, "")}`;
}

/** The fields of the foreign key in a relation's attributes; undefined if the other side has it. */
export const key = (attributes: string) =>
  /@relation\(.*?fields: ?\[(.*?)\]/.exec(attributes)?.[1]?.replaceAll(" ", "");

/** Whether a model has a field, or an equivalent relation under another name. */
function hasField(model: Block, line: string): boolean {
  const [name = "", type = "", ...rest] = line.split(" ");
  if (model.fields.has(name)) return true;
  const own = [...model.fields.values()];
  const wanted = key(rest.join(" "));
  if (wanted) return own.some(({ attributes }) => key(attributes) === wanted);
  const isRelation = /[\]?]$/.test(type) && !isScalar(type);
  return (
    isRelation && own.some((field) => bare(field.type) === bare(type) && !key(field.attributes))
  );
}

/** Whether a block already has a line's meaning, perhaps written differently. */
function has(block: Block, line: string): boolean {
  if (!line.startsWith("@@")) return hasField(block, line);
  // An existing table keeps its name.
  if (line.startsWith("@@map(")) return true;
  const wanted = index(line);
  if (!wanted) return block.attributes.includes(line);
  const [kind, columns = ""] = wanted.split(" ");
  const own = block.fields.get(columns)?.attributes ?? "";
  const found = new Set(block.attributes.map(index));
  if (/@(unique|id)\b/.test(own)) found.add(`unique ${columns}`);
  if (found.has(`id ${columns}`)) found.add(`unique ${columns}`);
  // A longer index that begins with these columns serves them, too.
  const serves = (one = "") => `${one.split(" ")[1]},`.startsWith(`${columns},`);
  return kind === "index" ? [...found].some(serves) : found.has(wanted);
}

/** Lines that a schema lacks: a block, or lines of an existing block with the line before them. */
export type Addition = { block: string; lines: string[]; after?: number };

const beyondAscii = /[^\0-\x7f]/gu;

/** Escapes letters that Prisma takes in names, and better-auth's generator does not. */
export const inAscii = (text: string): string =>
  text.replace(beyondAscii, (letter) => `Zu${letter.codePointAt(0)?.toString(16)}z`);

const fromAscii = (text: string) =>
  text.replace(/Zu([0-9a-f]+)z/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));

/**
 * Renames models that begin with a lower-case letter as better-auth's generator looks for them: to
 * the Prisma client, `model user` and `model User` are the same.
 *
 * @param schema a schema without comments
 * @returns the schema in ASCII, and functions that restore the names in additions and in messages
 */
export function capitalized(schema: string): {
  text: string;
  restoreAdditions: (added: Addition[]) => Addition[];
  restoreMessage: (problem: string) => string;
} {
  const ascii = inAscii(schema);
  const models = [...blocks(ascii).values()].filter(({ kind }) => kind === "model");
  const taken = new Set(models.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const { name } of models) {
    const title = name.charAt(0).toUpperCase() + name.slice(1);
    if (!taken.has(title)) names.set(name, title);
  }
  const renamed = (text: string, by: Map<string, string>) =>
    text.replace(
      /^(model +|[ \t]*\w+[ \t]+)(\w+)(?=[\s?[{]|$)/gm,
      (all, start: string, name: string) => (by.has(name) ? `${start}${by.get(name)}` : all),
    );
  const back = new Map([...names].map(([name, title]) => [title, name]));
  return {
    text: renamed(ascii, names),
    restoreAdditions: (added) =>
      added.map((one) => ({
        ...one,
        block: fromAscii(renamed(one.block, back)),
        lines: one.lines.map((line) => fromAscii(renamed(line, back))),
      })),
    restoreMessage: (problem) =>
      fromAscii(problem.replace(/^\w+|(?<=\bthe model )\w+/g, (name) => back.get(name) ?? name)),
  };
}

/**
 * What a generator added to a schema, without what it changed, removed or realigned.
 *
 * @param before the schema
 * @param made `after`, the generator's version, which lacks some fields of existing models, and
 *   `fresh`, better-auth's own schema
 */
export function additions(
  before: string,
  { after, fresh }: { after: string; fresh: string },
): Addition[] {
  const found: Addition[] = [];
  const [known, lines, old] = [blocks(before), after.split("\n"), before.split("\n").map(squeeze)];
  const wanted = blocks(fresh);
  const schema = [...wanted.keys()]
    .flatMap((name) => known.get(name)?.attributes ?? [])
    .find((one) => /^@@schema\b/.test(one));
  const inFresh = fresh.split("\n");
  for (const [name, block] of blocks(after)) {
    const own = known.get(name);
    if (!own) {
      const added = lines.slice(block.start, block.end);
      if (schema) added.push(...(block.attributes.length > 0 ? [] : [""]), `  ${schema}`);
      found.push({ block: name, lines: [...added, "}"] });
      continue;
    }
    let place = own.start;
    let blank = false;
    const { start = 0, end = 0 } = (block.kind === "model" && wanted.get(name)) || {};
    const left = inFresh.slice(start + 1, end).filter((line) => {
      const text = squeeze(line);
      return /^\w/.test(text) && !hasField(block, text);
    });
    const inside = lines.slice(block.start + 1, block.end);
    const fields = inside.findLastIndex((line) => /^\s*\w/.test(line)) + 1;
    for (const line of inside.toSpliced(fields, 0, ...left)) {
      const text = squeeze(line);
      if (!text || text.startsWith("//")) {
        blank ||= !text;
        continue;
      }
      const field = text.split(" ")[0] ?? "";
      if (has(own, text)) {
        const same = text.startsWith("@@") ? text : field;
        const matches = (one: string) => one === same || one.startsWith(`${same} `);
        const at = old.findIndex((one, at) => at > own.start && at < own.end && matches(one));
        if (at > 0) place = at;
      } else {
        const last = found.at(-1);
        const follows = last?.after === place && last.block === name;
        const spaced = blank && (follows || old[place + 1] !== "") ? [""] : [];
        if (follows) last.lines.push(...spaced, line);
        else found.push({ block: name, lines: [...spaced, line], after: place });
      }
      blank = false;
    }
  }
  for (const one of found) one.lines = keyed(one, known, wanted);
  return found;
}

/** The lines of an addition, in which foreign keys have the types of the ids that they refer to. */
function keyed({ block, lines }: Addition, known: Map<string, Block>, wanted: Map<string, Block>) {
  const relations = [...(wanted.get(block)?.fields.values() ?? [])];
  return lines.map((line) => {
    const [, start = "", name = "", kind = ""] = /^(\s*(\w+)\s+)(\w+)/.exec(line) ?? [];
    const target = relations.find(({ attributes }) => key(attributes) === name)?.type;
    const id = known.get(`model ${target && bare(target)}`)?.fields.get("id");
    const native = /@db\.\w+(\([^)]*\))?/;
    const [type = ""] = native.exec(id?.attributes ?? "") ?? [];
    if (!id || (id.type === kind && type === (native.exec(line)?.[0] ?? ""))) return line;
    const rest = line
      .slice(start.length + kind.length)
      .replace(native, "")
      .trimEnd();
    return `${start}${id.type}${rest}${type && ` ${type}`}`;
  });
}

const later = (a: Addition, b: Addition) => (b.after ?? 0) - (a.after ?? 0);

/** A schema with additions; all existing lines stay unchanged. */
export function insert(before: string, added: Addition[]): string {
  const end = before.includes("\r\n") ? "\r" : "";
  const lines = before.split("\n");
  const inside = added.filter(({ after }) => after !== undefined);
  for (const { after = 0, lines: more } of inside.toSorted(later)) {
    lines.splice(after + 1, 0, ...more.map((line) => line + end));
  }
  if (lines.at(-1) !== "" && inside.length < added.length) lines.push("");
  for (const { after, lines: more } of added) {
    if (after === undefined) lines.splice(-1, 0, ...["", ...more].map((line) => line + end));
  }
  return lines.join("\n");
}
