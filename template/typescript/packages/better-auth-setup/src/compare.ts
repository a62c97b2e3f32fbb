import {
  bare,
  blocks,
  isScalar,
  key,
  lowerFirst,
  squeeze,
  type Addition,
  type Block,
  type Field,
} from "./document.ts";

const core = new Set(["user", "session", "account", "verification"]);

/** A name in any case, with or without underscores. */
const spelled = (name: string) => name.replaceAll("_", "").toLowerCase();

const tableOf = (model?: Block) =>
  /^@@map\((?:name: )?"(.+)"/.exec(
    model?.attributes.find((one) => one.startsWith("@@map(")) ?? "",
  )?.[1];

/** Other Prisma types that can hold a type's values. */
const holders: Record<string, string> = { Int: "BigInt Float", String: "Json", Json: "String" };

/** Optional fields that better-auth fills in every row. */
const alwaysFilled = new Set([
  "Invitation.role",
  "OauthClient.createdAt",
  "OauthClient.updatedAt",
  "OauthConsent.createdAt",
  "OauthConsent.updatedAt",
  "OauthConsent.userId",
  "Passkey.createdAt",
  "Session.ipAddress",
  "Session.userAgent",
]);

const isUnique = (model: Block, name: string, { attributes }: Field) =>
  /@(unique|id)\b/.test(attributes) ||
  model.attributes.some((line) =>
    new RegExp(`^@@(unique|id)\\((fields: )?\\[${name}\\]`).test(line),
  );

const isFilled = ({ type, attributes }: Field) =>
  /[?\]]$/.test(type) || /@(default|updatedAt)\b/.test(attributes);

/** Facts about the configuration, besides the schema that it needs. */
export type Configuration = {
  path: string;
  /** better-auth's own schema */
  fresh: string;
  /** what better-auth writes into fields that are not given, such as `User.role` */
  defaults: Record<string, unknown>;
  /** better-auth's names: "user" for `User`, "userId" for `Session.user_id` */
  keys: Record<string, string>;
  isPlural: boolean;
  /** whether `generateId` is not configured */
  makesIds: boolean;
  hooked: boolean;
};

/**
 * Problems that better-auth's generator does not notice, because it compares names only.
 *
 * @param schema the text of the project's schema
 * @param configuration what the configuration needs
 * @returns a sentence for each problem that has to be fixed by hand
 */
export function oversights(schema: string, configuration: Configuration): string[] {
  const found: string[] = [];
  const [own, wanted] = [blocks(schema), blocks(configuration.fresh)];
  for (const [title, needed] of wanted) {
    const model = own.get(title);
    if (!model || model.kind !== "model") continue;
    if (model.attributes.includes("@@ignore")) {
      found.push(`${model.name} is not in Prisma's client: remove @@ignore.`);
    }
    for (const [name, field] of model.fields) {
      const other = needed.fields.get(name);
      const problem = other
        ? conflict(own, model, name, field, needed, other, configuration)
        : unfilled(model, name, field, needed, configuration);
      // How ids are generated concerns all models: report it once.
      const isKnown = name === "id" && found.some((one) => one.endsWith(`.id ${problem}`));
      if (problem && !isKnown) found.push(`${model.name}.${name} ${problem}`);
    }
  }
  return found;
}

/** The own model that holds a missing table, under another name. */
function presentModel(
  own: Map<string, Block>,
  wanted: Map<string, Block>,
  block: string,
): Block | undefined {
  const needed = wanted.get(block);
  if (needed === undefined) return undefined;
  const { name } = needed;
  const columns = [...needed.fields].filter(([, { type }]) => isScalar(type));
  const table = tableOf(needed);
  return [...own.values()].find((one) => {
    if (one.kind !== "model" || wanted.has(`model ${one.name}`)) return false;
    const lacks = columns.filter(([column]) => !one.fields.has(column));
    if (lacks.length >= columns.length / 2) return false;
    if ((table && tableOf(one) === table) || one.name === `${name}s`) return true;
    // The model may be older than its new name in auth.ts: then it lacks no required field.
    const isWhole = lacks.every(([, column]) => isFilled(column));
    return isWhole && (`${one.name}s` === name || isLinked(own, wanted, one));
  });
}

/** Whether a model refers to one of better-auth's, or one of these to it. */
function isLinked(own: Map<string, Block>, wanted: Map<string, Block>, model: Block): boolean {
  const types = ({ fields }: Block) => [...fields.values()].map(({ type }) => bare(type));
  return [...own].some(
    ([title, one]) =>
      wanted.has(title) &&
      (types(one).includes(model.name) || types(model).some((type) => `model ${type}` === title)),
  );
}

/**
 * What cannot be added to a schema, although the generator would.
 *
 * @param schema the text of the project's schema
 * @param added what the generator adds
 * @param configuration what the configuration needs
 * @returns a sentence for each problem that has to be fixed by hand
 */
export function impossible(
  schema: string,
  added: Addition[],
  { path, fresh, keys, isPlural }: Configuration,
): string[] {
  const [own, wanted] = [blocks(schema), blocks(fresh)];
  return added.flatMap(({ block, lines, after }) => {
    const [, name = ""] = block.split(" ");
    if (after === undefined) {
      const other = [...own.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
      const named = presentModel(own, wanted, block);
      if (named) {
        const [asked, found] = [lowerFirst(name), lowerFirst(named.name)];
        const is = `${named.name} is found, but better-auth asks for ${asked}:`;
        const option = keys[name] ?? asked;
        if (isPlural) return `${is} rename it to ${name}, or leave usePlural out in ${path}.`;
        return (
          `${is} write ${option}: { modelName: "${found}" } in ${path}` +
          `${core.has(option) ? "" : ", among the plugin's options, below schema"}.`
        );
      }
      if (!other) return [];
      const is =
        other.kind === "model" ? `the model ${other.name}` : `the ${other.kind} ${other.name}`;
      return `${name} is needed as a model, but there is ${is}: rename it.`;
    }
    return lines.map(squeeze).flatMap((line) => {
      const [field = "", type = "", ...rest] = line.split(" ");
      const attributes = rest.join(" ");
      const alike = [...(own.get(block)?.fields.keys() ?? [])].find(
        (one) => spelled(one) === spelled(field),
      );
      if (alike) {
        return (
          `${name}.${alike} is found, but better-auth asks for ${field}: write ` +
          `${keys[name] ?? lowerFirst(name)}: { fields: { ` +
          `${keys[`${name}.${field}`] ?? field}: "${alike}" } } in ${path}.`
        );
      }
      if (!isScalar(type) || isFilled({ type, attributes })) return [];
      if (
        /@id\b/.test(attributes) &&
        own.get(block)?.attributes.some((one) => /^@@id\b/.test(one))
      ) {
        return (
          `${name} has an @@id instead of the field ${field}, which better-auth needs. Make it a ` +
          `@@unique, and give the model a field ${field} that is the @id.`
        );
      }
      return (
        `${name}.${field} is missing and has no default, so it cannot be added to a table with ` +
        `rows. If the table is empty, add this line: ${line}. Else add it as ${type}? first, fill ` +
        "it, and then drop the question mark; or make it optional in auth.ts if it is your own."
      );
    });
  });
}

/** Why one of better-auth's fields cannot hold its values. */
function conflict(
  own: Map<string, Block>,
  model: Block,
  name: string,
  field: Field,
  needed: Block,
  other: Field,
  { path, defaults, makesIds, hooked }: Configuration,
): string | undefined {
  if (!isScalar(other.type)) return undefined;
  if (/@ignore\b/.test(field.attributes)) return "is not in Prisma's client: remove @ignore.";
  const [type, wanted] = [bare(field.type), bare(other.type)];
  if (own.has(`model ${type}`)) {
    return `is a relation, but better-auth keeps ${wanted} under that name: rename yours.`;
  }
  if (field.type.endsWith("[]") !== other.type.endsWith("[]")) {
    return `is not the ${other.type} that better-auth writes: change it to ${other.type}.`;
  }
  const fits = own.has(`enum ${type}`)
    ? wanted === "String"
    : type === wanted || holders[wanted]?.split(" ").includes(type) || !isScalar(type);
  if (!fits && name === "id" && /Int$/.test(type)) {
    return (
      "is a number, but better-auth makes other ids: set " +
      `advanced: { database: { generateId: "serial" } } in ${path}.`
    );
  }
  if (name === "id" && makesIds && /@db\.Uuid\b/.test(field.attributes)) {
    return (
      "is a uuid, but better-auth makes other ids: set " +
      `advanced: { database: { generateId: "uuid" } } in ${path}.`
    );
  }
  const place = `${model.name}.${name}`;
  const members = own.get(`enum ${type}`)?.fields;
  const value = defaults[place];
  if (members && typeof value === "string" && !members.has(value)) {
    return (
      `is the enum ${type}, which has no "${value}", better-auth's default: add it, or configure ` +
      `another default in ${path}.`
    );
  }
  const keysOf = ({ attributes }: Field) => key(attributes)?.split(",") ?? [];
  const relation = [...model.fields.values()].find((one) => keysOf(one).includes(name));
  if (!fits && !relation) {
    return `is ${type}, but better-auth writes ${wanted}: change its type.`;
  }
  const ours = [...needed.fields.values()].find(({ attributes }) => key(attributes) === name);
  const theirs = [...model.fields.values()].filter(({ attributes }) => key(attributes) === name);
  if (ours && theirs[0] && !theirs.some((one) => bare(one.type) === bare(ours.type))) {
    const [found, asked] = [bare(theirs[0].type), bare(ours.type)];
    return (
      `refers to ${found}, but better-auth's to ${asked}: make ${path} (modelName) and the schema ` +
      "agree."
    );
  }
  const [, to = ""] = /references: ?\[(\w+)\]/.exec(relation?.attributes ?? "") ?? [];
  const referred = relation && own.get(`model ${bare(relation.type)}`)?.fields.get(to);
  const isUuid = (one: Field) => /@db\.Uuid\b/.test(one.attributes);
  if (referred && isUuid(referred) !== isUuid(field)) {
    return isUuid(referred)
      ? "refers to a uuid: add @db.Uuid."
      : "is a uuid, but refers to none: remove @db.Uuid.";
  }
  if (name === "id" && /@default\(/.test(other.attributes) && !isFilled(field)) {
    const missing = other.attributes.replace(/^@id /, "");
    return `has no default, but ${path} leaves ids to the database: add ${missing}.`;
  }
  const always = hooked || alwaysFilled.has(place) || Object.hasOwn(defaults, place);
  if (other.type.endsWith("?") && !isFilled(field) && !always) {
    return "is required, but better-auth may leave it out: make it optional or give it a default.";
  }
  if (isUnique(needed, name, other) && !isUnique(model, name, field)) {
    return "has to be unique: add @unique.";
  }
  return undefined;
}

/** Why a field that better-auth does not know makes its inserts fail. */
function unfilled(
  model: Block,
  name: string,
  field: Field,
  needed: Block,
  { path, hooked }: Configuration,
): string | undefined {
  const alike = [...needed.fields.keys()].find((one) => spelled(one) === spelled(name));
  if (alike && !model.fields.has(alike)) return undefined; // `impossible` reports it
  const [, column] = /@map\("(.+?)"\)/.exec(field.attributes) ?? [];
  if (column && needed.fields.has(column) && !model.fields.has(column)) {
    return (
      `looks like ${column} under another name: configure it in ${path} ` +
      `(${model.name.toLowerCase()}: { fields: { ${column}: "${name}" } }).`
    );
  }
  if (hooked || isFilled(field) || !isScalar(field.type) || /@id\b/.test(field.attributes)) {
    return undefined;
  }
  return (
    "is required, and better-auth does not fill it: every insert would fail. Make it optional, " +
    `give it a default, or declare it in ${path} (additionalFields).`
  );
}
