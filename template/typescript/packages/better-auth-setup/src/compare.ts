import { models, type Field, type Model } from "./schema.ts";

const scalars = /^(String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes)$/;

const isUnique = (model: Model, name: string, { attributes }: Field) =>
  /@(unique|id)\b/.test(attributes) ||
  model.attributes.some((line) => new RegExp(`^@@(unique|id)\\(\\[${name}\\]`).test(line));

const isFilled = ({ type, attributes }: Field) =>
  /[?\]]$/.test(type) || /@(default|updatedAt)\b/.test(attributes);

/**
 * What better-auth's generator overlooks in a schema that it calls up to date: it compares names only.
 *
 * @param schema the text of the project's schema
 * @param fresh what the generator writes where there is no schema yet
 * @param isFilledByHooks whether the configuration fills fields that better-auth does not know
 */
export function oversights(schema: string, fresh: string, isFilledByHooks: boolean): string[] {
  const found: string[] = [];
  const wanted = models(fresh);
  for (const [name, model] of models(schema)) {
    const needed = wanted.get(name);
    if (!needed) continue;
    for (const [fieldName, field] of model.fields) {
      const place = `${name}.${fieldName}`;
      const other = needed.fields.get(fieldName);
      if (!other) {
        if (isFilledByHooks || isFilled(field) || !scalars.test(field.type)) continue;
        found.push(
          `${place} is required, and better-auth does not fill it: every insert would fail. Make it ` +
            "optional, give it a default, or declare it in src/lib/auth.ts (additionalFields).",
        );
      } else if (scalars.test(field.type) && other.type.endsWith("?") && !isFilled(field)) {
        found.push(
          `${place} is required, but better-auth may leave it out: make it optional or give it a default.`,
        );
      } else if (isUnique(needed, fieldName, other) && !isUnique(model, fieldName, field)) {
        found.push(`${place} has to be unique: add @unique.`);
      }
    }
  }
  return found;
}
