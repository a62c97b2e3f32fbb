// Prints the paths of the project's Prisma configuration as JSON. A separate program, because a
// configuration is code that may change the environment or end the process.
import { existsSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

type Config = { schema?: string; migrations?: { path?: string } };

const usual = resolve("prisma.config.ts");
const others = ["prisma7.config.ts", "prisma7.config.js", "prisma7.config.mjs", ".config"];

// Prisma's own module takes half a second to load, and its functions do almost nothing.
const stand_in = `
  export const defineConfig = (config) => config;
  export const env = (name) => process.env[name] ?? "";
`;

/** Evaluates prisma.config.ts with Node.js alone; undefined if that is not possible. */
async function byNode(): Promise<Config | undefined> {
  if (!existsSync(usual) || others.some((name) => existsSync(name))) return undefined;
  const url = `data:text/javascript,${encodeURIComponent(stand_in)}`;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "prisma/config" ? { url, shortCircuit: true } : next(specifier, context),
  });
  try {
    const { default: config } = (await import(pathToFileURL(usual).href)) as { default?: Config };
    const { schema, migrations } = config ?? {};
    const found = { schema, migrations: migrations?.path };
    return {
      ...(found.schema ? { schema: resolve(found.schema) } : {}),
      ...(found.migrations ? { migrations: { path: resolve(found.migrations) } } : {}),
    };
  } catch {
    return undefined;
  } finally {
    hooks.deregister();
  }
}

/** Loads the configuration as Prisma's CLI does, which supports more syntax than Node.js. */
async function byPrisma(): Promise<Config> {
  const cli = createRequire(join(process.cwd(), "package.json")).resolve("prisma/package.json");
  const { loadConfigFromFile } = createRequire(join(dirname(cli), "package.json"))(
    "@prisma/config",
  ) as { loadConfigFromFile: (from: object) => Promise<{ config?: Config; error?: unknown }> };
  const { config, error } = await loadConfigFromFile({});
  if (!config) throw (error as { error?: Error }).error ?? new Error("it does not load");
  return config;
}

const { schema, migrations } = (await byNode()) ?? (await byPrisma());
const answer = JSON.stringify({ schema, migrations: migrations?.path });
process.stdout.write(`\n${answer}\n`, () => process.exit());
