// Prints as JSON what better-auth's generator makes of a schema, and of an empty one. A separate
// program, because it imports the configuration, which is the application's code.
//
// Usage: read-auth CONFIGURATION SCHEMA
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { marker } from "./answer.ts";

type Field = {
  fieldName?: string;
  defaultValue?: unknown;
  onUpdate?: unknown;
  references?: { model: string } | undefined;
};
type Core = "user" | "session" | "account" | "verification";
type Options = { [name in Core]?: { additionalFields?: Record<string, Field> } } & {
  plugins?: { id: string; options?: { defaultRole?: string } }[];
  databaseHooks?: unknown;
  advanced?: { database?: { generateId?: unknown } };
};
type Adapter = { id: string; options?: { provider?: string; usePlural?: boolean } };

const require = createRequire(join(process.cwd(), "package.json"));
const load = async (name: string) =>
  (await import(pathToFileURL(require.resolve(name)).href)) as unknown;

const [configuration = "", schema = ""] = process.argv.slice(2);
const module = (await import(pathToFileURL(resolve(configuration)).href)) as Record<
  string,
  unknown
>;
const auth = (module["auth"] ?? module["default"]) as { options?: Options } | undefined;
const options = auth?.options;
if (!options) throw new Error(`${configuration} exports no auth`);

const { getAdapter } = (await load("better-auth/db/adapter")) as {
  getAdapter: (options: Options) => Promise<Adapter>;
};
const { getAuthTables } = (await load("better-auth/db")) as {
  getAuthTables: (
    options: Options,
  ) => Record<string, { modelName?: string; fields: Record<string, Field> }>;
};
const { generatePrismaSchema } = (await load("auth/api")) as {
  generatePrismaSchema: (from: object) => Promise<{ code?: string }>;
};

const adapter = await getAdapter(options);
if (adapter.id !== "prisma") throw new Error(`${configuration} does not use prismaAdapter`);
const tables = Object.entries(getAuthTables(options)).map(([key, { modelName, fields }]) => {
  const name = `${modelName ?? key}${adapter.options?.usePlural ? "s" : ""}`;
  const named = Object.entries(fields).map(([key, field]) => ({ ...field, key }));
  return {
    name: name.charAt(0).toUpperCase() + name.slice(1),
    key,
    model: modelName,
    fields: named,
  };
});

// The generator fails at fields that refer to tables of the application.
const models = new Set(tables.flatMap(({ key, name, model }) => [key, name, model]));
for (const table of ["user", "session", "account", "verification"] as const) {
  for (const field of Object.values(options[table]?.additionalFields ?? {})) {
    if (field.references && !models.has(field.references.model)) delete field.references;
  }
}

const generateId = options.advanced?.database?.generateId;
const generate = async (file: string) => {
  const { code } = await generatePrismaSchema({ adapter, options, file });
  // The generator gives no default to ids that better-auth leaves to the database.
  const id = /^(\s+id\s+String\s+@id)$/gm;
  return generateId === false ? code?.replace(id, "$1 @default(cuid())") : code;
};

/** What better-auth writes if no value is given: a value, or null if it is computed. */
const defaults = Object.fromEntries(
  tables.flatMap(({ name, fields }) =>
    fields
      .filter(({ defaultValue }) => defaultValue !== undefined)
      .map(({ fieldName, defaultValue: value }) => [
        `${name}.${fieldName}`,
        typeof value === "function" ? null : value,
      ]),
  ),
);
const keys = Object.fromEntries(
  tables.flatMap(({ name, key, fields }) => [
    [name, key],
    ...fields.map((field) => [`${name}.${field.fieldName}`, field.key]),
  ]),
) as Record<string, string>;
const admin = options.plugins?.find(({ id }) => id === "admin");
const user = tables.find(({ key }) => key === "user")?.name;
if (admin) defaults[`${user}.role`] ??= admin.options?.defaultRole ?? "user";

const answer = {
  after: await generate(schema),
  fresh: await generate(`${schema}.none`),
  plugins: (options.plugins ?? []).map(({ id }) => id),
  defaults,
  keys,
  isPlural: Boolean(adapter.options?.usePlural),
  provider: adapter.options?.provider,
  makesIds: generateId === undefined,
  hooked: Boolean(options.databaseHooks),
};
process.stdout.write(`\n${marker}${JSON.stringify(answer)}\n`, () => process.exit());
