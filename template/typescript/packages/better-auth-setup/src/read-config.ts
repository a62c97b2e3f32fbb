// Prints the paths of the project's Prisma configuration as JSON. A separate program, because a
// configuration is code that may change the environment or end the process.
import { existsSync, readdirSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { marker } from "./answer.ts";

type Config = { schema?: string; migrations?: { path?: string }; loadedFromFile?: string };

const usual = resolve("prisma.config.ts");
// Prisma's CLI prefers these.
const others = /^(prisma7\.config\.|prisma\.config\.js$|\.config$)/;

// The paths do not depend on the URLs, which are unknown during the first setup.
for (const name of ["DATABASE_URL", "DIRECT_URL", "SHADOW_DATABASE_URL"]) {
  process.env[name] ||= "postgresql://nobody@localhost/none";
}

// Prisma's own module takes half a second to load, and its functions do almost nothing.
const substitute = `
  export const defineConfig = (config) => config;
  export const env = (name) => {
    if (!process.env[name]) throw new Error(name + " is missing");
    return process.env[name];
  };
`;

/** Evaluates prisma.config.ts with Node.js alone; undefined if that is not possible. */
async function byNode(): Promise<Config | undefined> {
  if (!existsSync(usual) || readdirSync(".").some((name) => others.test(name))) return undefined;
  const url = `data:text/javascript,${encodeURIComponent(substitute)}`;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "prisma/config" ? { url, shortCircuit: true } : next(specifier, context),
  });
  try {
    const { default: config } = (await import(pathToFileURL(usual).href)) as { default?: unknown };
    const { schema, migrations } = config as Config;
    // Other forms, such as a function, need Prisma's loader.
    if (typeof schema !== "string" || !schema) return undefined;
    const root = dirname(usual);
    return {
      schema: resolve(root, schema),
      ...(migrations?.path ? { migrations: { path: resolve(root, migrations.path) } } : {}),
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
  if (config) return config;
  const { _tag: tag, error: cause } = error as { _tag: string; error?: Error };
  const [, ...lines] = cause?.message.split("\n") ?? [];
  // The first line only names the type of the configuration.
  if (tag === "ConfigFileSyntaxError" && lines.length > 0) {
    throw new Error(lines.map((line) => line.trim()).join(" "));
  }
  throw cause ?? new Error("it does not load");
}

const { schema, migrations, loadedFromFile } = (await byNode()) ?? (await byPrisma());
const answer = { schema, migrations: migrations?.path, config: loadedFromFile };
process.stdout.write(`\n${marker}${JSON.stringify(answer)}\n`, () => process.exit());
