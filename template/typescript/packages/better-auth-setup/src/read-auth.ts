// Prints as JSON what better-auth's generator makes of a schema, and of an empty one. A separate
// program, because it imports the configuration, which is the application's code.
//
// Usage: read-auth CONFIGURATION SCHEMA
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { marker } from "./answer.ts";

type Field = { fieldName?: string; defaultValue?: unknown; onUpdate?: unknown };
type Options = { plugins?: { id: string }[]; databaseHooks?: unknown };
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
const generate = async (file: string) =>
  (await generatePrismaSchema({ adapter, options, file })).code;

/** The optional fields that better-auth fills in every row. */
const filled = Object.entries(getAuthTables(options)).flatMap(([key, { modelName, fields }]) => {
  const model = `${modelName ?? key}${adapter.options?.usePlural ? "s" : ""}`;
  const always = Object.entries(fields).filter(([, field]) => field.defaultValue !== undefined);
  return always.map(([name, { fieldName }]) => `${model}.${fieldName ?? name}`);
});

const answer = {
  after: await generate(schema),
  fresh: await generate(`${schema}.none`),
  plugins: (options.plugins ?? []).map(({ id }) => id),
  filled,
  hooked: Boolean(options.databaseHooks),
};
process.stdout.write(`\n${marker}${JSON.stringify(answer)}\n`, () => process.exit());
