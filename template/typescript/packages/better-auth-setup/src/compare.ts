import { blocks, type Block, type Field } from "./document.ts";

const scalars = /^(String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes)$/;

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

const bare = (type: string) => type.replace(/[?[\]]/g, "");

/** Facts about the configuration, besides the schema that it needs. */
export type Configuration = { path: string; fresh: string; filled: Set<string>; hooked: boolean };

/**
 * Problems that better-auth's generator does not notice, because it compares names only.
 *
 * @param schema the text of the project's schema
 * @param configuration what the configuration needs; `filled` are fields that it fills itself
 * @returns a sentence for each problem that has to be fixed by hand
 */
export function oversights(schema: string, configuration: Configuration): string[] {
  const found: string[] = [];
  const [own, wanted] = [blocks(schema), blocks(configuration.fresh)];
  for (const [title, needed] of wanted) {
    const model = own.get(title);
    if (!model || model.kind !== "model") continue;
    for (const [name, field] of model.fields) {
      const other = needed.fields.get(name);
      const said = other
        ? conflict(own, model, name, field, needed, other, configuration)
        : unfilled(model, name, field, needed, configuration);
      if (said) found.push(`${model.name}.${name} ${said}`);
    }
  }
  return found;
}

/** Why one of better-auth's fields cannot hold its values. */
function conflict(
  own: Map<string, Block>,
  model: Block,
  name: string,
  field: Field,
  needed: Block,
  other: Field,
  { path, filled, hooked }: Configuration,
): string | undefined {
  if (!scalars.test(bare(other.type))) return undefined;
  const [type, wanted] = [bare(field.type), bare(other.type)];
  if (own.has(`model ${type}`)) {
    return `is a relation, but better-auth keeps ${wanted} under that name: rename yours.`;
  }
  if (field.type.endsWith("[]") !== other.type.endsWith("[]")) {
    return `is no ${other.type}, which better-auth writes: change it to ${other.type}.`;
  }
  const fits = own.has(`enum ${type}`)
    ? wanted === "String"
    : type === wanted || holders[wanted]?.split(" ").includes(type) || !scalars.test(type);
  if (!fits && name === "id" && /Int$/.test(type)) {
    return (
      "is a number, but better-auth makes other ids: set " +
      `advanced: { database: { generateId: "serial" } } in ${path}.`
    );
  }
  if (!fits && !isForeignKey(model, name)) {
    return `is ${type}, but better-auth writes ${wanted}: change its type.`;
  }
  if (name === "id" && /@default\(/.test(other.attributes) && !isFilled(field)) {
    const [, value] = /(@default\(.*\))/.exec(other.attributes) ?? [];
    return `has no default, but ${path} leaves ids to the database: add ${value}.`;
  }
  const place = `${model.name}.${name}`;
  const always = hooked || alwaysFilled.has(place) || filled.has(place);
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
  const [, column] = /@map\("(.+?)"\)/.exec(field.attributes) ?? [];
  if (column && needed.fields.has(column) && !model.fields.has(column)) {
    return (
      `looks like ${column} under another name: tell better-auth in ${path} ` +
      `(${model.name.toLowerCase()}: { fields: { ${column}: "${name}" } }).`
    );
  }
  if (hooked || isFilled(field) || !scalars.test(field.type) || /@id\b/.test(field.attributes)) {
    return undefined;
  }
  return (
    "is required, and better-auth does not fill it: every insert would fail. Make it optional, " +
    `give it a default, or declare it in ${path} (additionalFields).`
  );
}

const isForeignKey = (model: Block, name: string) =>
  [...model.fields.values()].some(({ attributes }) =>
    new RegExp(`@relation\\(.*fields: ?\\[[^\\]]*\\b${name}\\b`).test(attributes),
  );
