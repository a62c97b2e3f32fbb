/**
 * Loads a project's configuration as its frameworks would, and prints as JSON `{ result }`, or
 * `{ error }`, a sentence. Started in the project's folder, with a task as JSON:
 *
 *     { "task": "tables", "config"?: path, "url": placeholder of DATABASE_URL, "clients": [folder, …] }
 *     { "task": "paths", "config": path of prisma.config.ts }
 *
 * `clients` are the folders of generated Prisma clients, which may not exist.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect, parseEnv } from "node:util";
import { describe } from "./describe.mjs";

const ROOT = process.cwd();
const STUB = fileURLToPath(new URL("stub.cjs", import.meta.url));

/** The default paths of auth.ts: this template's, then those of better-auth's own CLI. */
function usualPlaces() {
  const names = ["auth.ts", "auth.tsx", "auth.js", "auth.jsx", "auth.server.js", "auth.server.ts"];
  const files = [...names, ...names.map((name) => `auth/${name.replace("auth", "index")}`)];
  const folders = ["", "lib/server/", "server/auth/", "server/", "auth/", "lib/", "utils/"];
  const places = folders.flatMap((folder) => files.map((file) => folder + file));
  const above = ["", "src/", "app/"].flatMap((folder) => places.map((place) => folder + place));
  return ["auth/auth.ts", "web/src/lib/auth.ts", "src/lib/auth.ts", ...above];
}

function configuration(named) {
  if (named) {
    if (existsSync(named)) return resolve(named);
    throw new Refusal(`There is no ${named}. Name your auth configuration with --config.`);
  }
  const there = usualPlaces().filter((place) => existsSync(place));
  const found = there.find((place) => /betterAuth/.test(readFileSync(place, "utf8"))) ?? there[0];
  if (found) return resolve(found);
  throw new Refusal(
    "No auth configuration was found in the usual places, such as auth/auth.ts and " +
      "src/lib/auth.ts. Name yours with --config.",
  );
}

class Refusal extends Error {}

/** Resolves a package, from one of several files, directly or through its dependents. */
function find(files, ...chains) {
  for (const file of files) {
    for (const chain of chains) {
      try {
        return chain.reduce((from, name) => createRequire(from).resolve(name), file);
      } catch {
        // The next one.
      }
    }
  }
  throw new Refusal(
    `${chains[0][0].replace("/package.json", "")} is not installed in this project. ` +
      "Install its npm packages first.",
  );
}

/** Loads TypeScript by jiti of Prisma's CLI as bundlers do: with path aliases, JSX and stubs. */
function loader(file, clients) {
  const chains = [
    ["jiti"],
    ["prisma/package.json", "@prisma/config", "c12", "jiti"],
    ["prisma/package.json", "@prisma/config", "jiti"],
  ];
  const { createJiti } = createRequire(file)(find([file, join(ROOT, "_")], ...chains));
  const { transform } = createJiti(file).options;
  // Cached code contains the stubs.
  const key = createHash("sha256").update(JSON.stringify([STUB, isStubbed.toString(), clients]));
  const modules = join(ROOT, "node_modules");
  return createJiti(file, {
    fsCache: existsSync(modules)
      ? join(modules, ".cache", "better-auth-setup", `jiti-${key.digest("hex").slice(0, 16)}`)
      : false,
    tsconfigPaths: true,
    jsx: { runtime: "automatic" },
    extensions: [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"],
    transform: (given) => {
      const plugins = [() => ({ visitor: stubbing(given.filename, clients) })];
      return transform({ ...given, babel: { ...given.babel, plugins } });
    },
  });
}

/** A Babel visitor that replaces imports of modules that may be missing by the stub. */
function stubbing(file, clients) {
  const stub = (source) => {
    const isKnown = source?.type === "StringLiteral";
    if (isKnown && isStubbed(source.value, file, clients)) source.value = STUB;
  };
  const declaration = ({ node }) => stub(node.source);
  return {
    ImportDeclaration: declaration,
    ExportNamedDeclaration: declaration,
    ExportAllDeclaration: declaration,
    ImportExpression: declaration,
    CallExpression({ node }) {
      const name = node.callee.name ?? node.callee.type;
      if (["require", "Import", "jitiImport"].includes(name)) stub(node.arguments[0]);
    },
  };
}

/** Whether a module cannot affect the tables. */
function isStubbed(specifier, from, clients) {
  const packages =
    /^(\.prisma\/client|@prisma\/(client|adapter-|extension-)|#.*prisma|prisma\/config$)/;
  const frameworks = /^((server|client)-only$|\$(app|env)\/|(cloudflare|astro|virtual):)/;
  const assets = /\.(css|s[ac]ss|less|svg|png|jpe?g|gif|webp|ico|woff2?)$|\?(raw|url|inline)\b/;
  if ([packages, frameworks, assets].some((kind) => kind.test(specifier))) return true;
  const bare = specifier.replace(/\.[cm]?[jt]s$/, "");
  const path = resolve(dirname(from), bare).replaceAll("\\", "/");
  // After `../` or an alias such as `@/`, the rest is the end of the client's path.
  const rest = bare.replace(/^(\.{1,2}\/)+|^[^/]*\//, "");
  return clients.some(
    (client) =>
      path === client ||
      path.startsWith(`${client}/`) ||
      (rest.includes("/") &&
        `${client}/`.includes(`/${rest.replace(/\/(client|index|browser|enums)$/, "")}/`)),
  );
}

async function tables({ config, url, clients }) {
  const file = configuration(config);
  const places = [file, join(ROOT, "_")];
  const db = find(places, ["better-auth", "better-auth/db"], ["better-auth/db"]);
  // Nothing is signed and no server is called, but a configuration may require the settings.
  process.env.BETTER_AUTH_SECRET ||= randomBytes(32).toString("hex");
  process.env.DATABASE_URL ||= url;
  process.env.BETTER_AUTH_TELEMETRY = "0";
  const loaded = await loader(file, clients).import(file);
  const auth = loaded.auth ?? loaded.default?.auth ?? loaded.default;
  if (!auth?.options) {
    throw new Refusal(
      `${relative(ROOT, file)} exports no better-auth configuration: export it as \`auth\`, or ` +
        "name another file with --config.",
    );
  }
  const { getAuthTables } = await import(pathToFileURL(db));
  // The rules of indexes came with 1.7; older versions have no such indexes.
  const internal = await internals(db);
  return describe(auth.options, { getAuthTables, ...internal });
}

async function internals(db) {
  try {
    return await import(pathToFileURL(createRequire(db).resolve("@better-auth/core/db/internal")));
  } catch {
    return {};
  }
}

/** Uses Prisma's own loader, as a configuration may be a function, or be composed of others. */
async function paths({ config }) {
  const prisma = ["prisma/package.json", "@prisma/config"];
  const loader = find([join(ROOT, "_")], prisma);
  const { loadConfigFromFile } = createRequire(loader)(loader);
  // The paths do not depend on the URLs, which are unknown during the first setup.
  for (const name of ["DATABASE_URL", "DIRECT_URL", "SHADOW_DATABASE_URL"]) {
    process.env[name] ||= "postgresql://nobody@localhost/none";
  }
  const { config: found, error } = await loadConfigFromFile({});
  if (error?.error?.code === "ERR_INVALID_ARG_TYPE") {
    throw new Refusal(`The schema of ${config} is not a path. Name it with --schema.`);
  }
  if (found) return [found.schema ?? null, found.migrations?.path ?? null];
  const [, ...lines] = error.error.message.split("\n");
  // The first line only names the type of the configuration.
  if (error._tag === "ConfigFileSyntaxError" && lines.length > 0) {
    throw new Refusal(`${config}: ${lines.map((line) => line.trim()).join(" ")}`);
  }
  throw error.error;
}

function words(error) {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return typeof error === "string" ? error : inspect(error);
}

/** What led to an error, and to its causes, in words. */
function causes({ cause, errors = [] }) {
  const found = [cause, ...errors].filter((one) => one !== undefined);
  return found.flatMap((one) => [words(one), ...(one instanceof Error ? causes(one) : [])]);
}

/** An error with its place in the project, or else with the file that was loaded. */
function messageOf(error, file) {
  if (!(error instanceof Error)) return words(error);
  if (error instanceof Refusal) return error.message;
  const frames = String(error.stack)
    .split("\n")
    .map((line) => line.split(pathToFileURL(ROOT + sep).href).join(ROOT + sep))
    .filter((line) => line.includes(ROOT + sep) && !/node_modules|better_auth_setup/.test(line))
    .map((line) => /^.*?:\d+:\d+/.exec(line.slice(line.indexOf(ROOT) + ROOT.length + 1))?.[0]);
  const place = frames.find(Boolean) ?? file;
  const isAlias = /^Cannot find module '[@~]\//.test(error.message);
  const remedy = "\nPath aliases of tsconfig.json need jiti 2.7: npm install --save-dev jiti";
  const message = [words(error), ...causes(error)].join("\n[cause]: ") + (isAlias ? remedy : "");
  return place ? `${place}: ${message}` : message;
}

function answer(given) {
  const text = Buffer.from(JSON.stringify(given));
  for (let written = 0; written < text.length;) written += writeSync(1, text, written);
  process.exit(0);
}

// jiti imports paths, which Node.js takes for URLs: `#`, `?` and `%20` have another meaning there.
registerHooks({
  resolve: (specifier, context, next) => {
    const isPath = isAbsolute(specifier) && context.conditions.includes("import");
    return next(isPath ? pathToFileURL(specifier).href : specifier, context);
  },
});
// The project's stack frames come after those of Node.js and jiti, which can be more than ten, the
// default limit.
Error.stackTraceLimit = 100;
// Standard output is for the answer alone, whatever the configuration logs.
process.stdout.write = process.stderr.write.bind(process.stderr);
// better-auth prepares itself in the background, which may fail without a database.
process.on("unhandledRejection", () => {});
for (const name of [".env.local", ".env"].filter((name) => existsSync(name))) {
  const variables = Object.entries(parseEnv(readFileSync(name, "utf8")));
  for (const [key, value] of variables) process.env[key] ||= value;
}
const task = JSON.parse(process.argv[2]);
try {
  answer({ result: await { tables, paths }[task.task](task) });
} catch (error) {
  answer({ error: messageOf(error, task.config) });
}
