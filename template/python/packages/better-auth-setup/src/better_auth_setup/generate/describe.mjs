/** The tables that better-auth's options need, as plain data. */

/**
 * Describes the tables of an auth configuration, in better-auth's order.
 *
 * @param options what `betterAuth()` was given
 * @param betterAuth `getAuthTables` of better-auth/db, and of @better-auth/core/db/internal, if
 *   this version has them, `resolveDatabaseSchemaIndexes` and `getDatabaseIndexStringLength`
 */
export function describe(options, betterAuth) {
  const tables = betterAuth.getAuthTables(options);
  const plugins = (options.plugins ?? []).filter(Boolean);
  const adapter = adapterOf(options);
  const isPlural = Boolean(
    adapter?.options?.adapterConfig?.usePlural ?? adapter?.options?.usePlural,
  );
  const keys = Object.keys(tables).filter((key) => !tables[key].disableMigrations);

  const keyOf = (model) =>
    keys.find((key) => key === model) ??
    keys.find((key) => tables[key].modelName === model) ??
    (isPlural && model.endsWith("s") ? keyOf(model.slice(0, -1)) : undefined);
  const nameOf = (key) => (tables[key].modelName || key) + (isPlural ? "s" : "");
  const indexes = betterAuth.resolveDatabaseSchemaIndexes?.(
    keys.map((key) => ({ ...tables[key], tableName: nameOf(key) })),
  );

  const table = (key) => ({
    key,
    name: nameOf(key),
    origin: ownerOf(key, plugins),
    isHooked: Boolean(options.databaseHooks?.[key]),
    indexes: (indexes?.get(nameOf(key)) ?? []).map(({ columns, name, unique }) => ({
      columns,
      name,
      unique: Boolean(unique),
    })),
    fields: Object.entries(tables[key].fields).map(([name, field]) => ({
      key: name,
      name: field.fieldName || name,
      origin: originOf(key, name, options, plugins),
      type: field.type,
      required: field.required !== false,
      unique: Boolean(field.unique),
      index: Boolean(field.index),
      bigint: Boolean(field.bigint),
      references: field.references && {
        model: keyOf(field.references.model) ?? null,
        field: field.references.field,
        onDelete: field.references.onDelete ?? "cascade",
      },
      default: plain(field.defaultValue),
      fills: filling(key, name, field, plugins),
      onUpdate: Boolean(field.onUpdate),
      /** its greatest length within MySQL's limit on the table's indexes */
      length: betterAuth.getDatabaseIndexStringLength?.({
        columnName: field.fieldName || name,
        dialect: "mysql",
        fields: tables[key].fields,
        indexes: indexes?.get(nameOf(key)) ?? [],
      }),
    })),
  });
  const ids = plugins.map((plugin) => plugin.id);
  return {
    adapter: adapter?.id ?? null,
    provider: adapter?.options?.provider ?? null,
    isPlural,
    generateId: idStrategy(options.advanced),
    plugins: ids,
    repeated: ids.filter((id, place) => ids.indexOf(id) !== place),
    tables: keys.map(table),
  };
}

/** The adapter, which knows the provider; constructing it opens no connection. */
function adapterOf({ database, ...options }) {
  try {
    return typeof database === "function" ? database(options) : undefined;
  } catch {
    return undefined;
  }
}

function idStrategy({ database } = {}) {
  const given = database?.generateId;
  if (typeof given === "function") return "function";
  if (given === false) return "database";
  return ["serial", "uuid"].includes(given) ? given : "default";
}

const CORE = ["user", "session", "account", "verification"];

/** The origin of a table: of several plugins that define it, the one with most of its fields. */
function ownerOf(key, plugins) {
  if (CORE.includes(key)) return "core";
  const size = (plugin) => Object.keys(plugin.schema[key].fields ?? {}).length;
  const [owner] = plugins
    .filter((plugin) => plugin.schema?.[key])
    .sort((one, other) => size(other) - size(one));
  return owner?.id ?? "rate-limit";
}

/** The origin of a field: `additionalFields`, the plugin that defines it, or that of its table. */
function originOf(key, name, options, plugins) {
  if (options[key]?.additionalFields?.[name]) return "additional fields";
  const origin = plugins.find((plugin) => plugin.schema?.[key]?.fields?.[name])?.id;
  return origin ?? ownerOf(key, plugins);
}

/** A default value that a schema can have; undefined if a function computes it. */
function plain(value) {
  if (typeof value === "function" || value instanceof Date) return undefined;
  return typeof value === "bigint" ? Number(value) : value;
}

/** What better-auth writes if no value is given: a value, or null if it is computed. */
function filling(key, name, field, plugins) {
  if (field.defaultValue !== undefined) return plain(field.defaultValue) ?? null;
  const admin = plugins.find((plugin) => plugin.id === "admin");
  if (admin && key === "user" && name === "role") return admin.options?.defaultRole ?? "user";
  return undefined;
}
