import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isOffline, Problem, reasonOf } from "./report.ts";
import { node, packageFolder, run, wasmEngine, type Result } from "./run.ts";

type Manifest = { name?: string; version?: string } & Partial<
  Record<"dependencies" | "devDependencies" | "overrides", Record<string, string>>
> & { workspaces?: unknown; prisma?: { schema?: unknown } };

/** The package.json of a folder. */
export function manifest(folder: string): Manifest {
  const file = join(folder, "package.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch (error) {
    throw new Problem(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** The nearest file with this name that `fits` accepts, in the project's folder or one above it. */
function around(name: string, fits: (file: string) => boolean): string | undefined {
  for (let folder = resolve("."); ; folder = dirname(folder)) {
    const file = join(folder, name);
    if (existsSync(file) && fits(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The files of npm and setup that mark an installation as finished or unfinished. */
const notes = (folder: string) => ({
  unfinished: join(folder, "node_modules", ".setup-unfinished"),
  // npm writes it last, also the npm of a killed setup.
  finished: join(folder, "node_modules", ".package-lock.json"),
});

/** Whether an interrupted npm left gaps, which npm itself does not notice. */
function isUnfinished(folder: string): boolean {
  const { unfinished, finished } = notes(folder);
  return existsSync(unfinished) && !existsSync(finished);
}

/** The packages of a folder's package.json that are missing or have another version. */
function missingPackages(folder: string): string[] {
  const { dependencies, devDependencies } = manifest(folder);
  const packages = { ...dependencies, ...devDependencies };
  if (isUnfinished(folder)) return Object.keys(packages);
  return Object.entries(packages).flatMap(([name, wanted]) => {
    // In a workspace, packages are hoisted to a parent folder.
    const installed = folder === "." ? packageFolder(name) : join(folder, "node_modules", name);
    if (!installed || !existsSync(join(installed, "package.json"))) return name;
    // Ranges are the user's own, and npm's responsibility.
    return /^\d/.test(wanted) && manifest(installed).version !== wanted ? name : [];
  });
}

/** npm's CLI: the one that runs this, or else the one beside Node.js. */
function npm(): string {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env["npm_execpath"] ?? "",
    join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(beside, "node_modules/npm/bin/npm-cli.js"),
    join(beside, "../share/nodejs/npm/bin/npm-cli.js"),
  ];
  const found = candidates.find((file) => /npm-cli\.[cm]?js$/.test(file) && existsSync(file));
  if (!found) throw new Problem("npm cannot be found. Run: npm run setup");
  return found;
}

// Override the user's npm settings: setup needs the development dependencies, too, and
// `location=global` would replace npm itself.
const npmOptions = [
  ...["--include=dev", "--include=optional", "--include=peer"],
  ...["--location=project", "--global=false", "--dry-run=false", "--package-lock-only=false"],
  ...["--install-links=false", "--install-strategy=hoisted", "--bin-links=true"],
  ...["--legacy-peer-deps=false", "--strict-peer-deps=false"],
  ...["--no-audit", "--no-fund", "--loglevel=error", "--heading=npm"],
];

// `npm run --workspace=…` sets them for its child processes; npm ignores empty values.
const noWorkspace = { npm_config_workspace: "", npm_config_workspaces: "" };

// By default, npm retries for over a minute while its registry is unreachable.
const retries = {
  npm_config_fetch_retry_mintimeout: "500",
  npm_config_fetch_retry_maxtimeout: "2000",
};

// Prisma's install script downloads the native engine, which most projects do not use: Prisma's CLI
// downloads it where it is needed.
const noDownload = { PRISMA_SCHEMA_ENGINE_BINARY: wasmEngine };

async function npmInstall(folder: string): Promise<Result> {
  const alone = folder === "." ? [] : ["--workspaces=false"];
  const env = { ...retries, ...noWorkspace, ...noDownload };
  const attempt = (freshness: string) =>
    node(npm(), ["install", ...npmOptions, ...alone, freshness], { cwd: folder, env });
  const result = await attempt("--prefer-offline");
  // npm's cached metadata may be older than the versions that a newer package needs.
  const isOld = result.status !== 0 && result.output.includes("ETARGET");
  return isOld ? attempt("--prefer-online") : result;
}

async function pnpmInstall(): Promise<Result> {
  const program = process.env["npm_execpath"] ?? "";
  if (!/pnpm[^/\\]*$/.test(program)) {
    throw new Problem("The packages are installed by pnpm. Run: pnpm run setup");
  }
  const args = ["install", "--prod=false", "--prefer-offline", "--no-frozen-lockfile"];
  const result = await (/\.[cm]?js$/.test(program) ? node(program, args) : run(program, args));
  // Its status is also non-zero if everything was installed but an install script was blocked.
  return result.output.includes("ERR_PNPM_IGNORED_BUILDS") ? { ...result, status: 0 } : result;
}

/** Whether pnpm installs this project's packages. */
export const isPnpm = (): boolean =>
  /^pnpm\//.test(process.env["npm_config_user_agent"] ?? "") || existsSync("pnpm-lock.yaml");

/** @throws a Problem if setup was started by an unsupported package manager */
export function refuseOtherManagers(): void {
  const agent = process.env["npm_config_user_agent"] ?? "";
  const [old] = /^pnpm\/(\d|10\.[0-4])\.[^ ]*/.exec(agent) ?? [];
  if (old) {
    throw new Problem(
      `Use npm, or pnpm 10.5 or newer: ${old} reads no overrides in pnpm-workspace.yaml.`,
    );
  }
  const [, name] = /^(yarn|bun)\//.exec(agent) ?? [];
  const found = process.versions["bun"] ? "bun" : name;
  if (!found) return;
  const reason = {
    yarn: "yarn puts packages where Node.js and Prisma do not look for them",
    bun: "bun runs scripts by itself instead of Node.js, which better-auth and Prisma need",
  }[found];
  throw new Problem(`Use npm or pnpm (npm run setup): ${reason}.`);
}

const pnpmNote = '# Written by setup: pnpm reads "overrides" of package.json here, not there.\n';

/**
 * Gives pnpm the overrides of package.json. Without them, plugins get a copy of better-auth's core
 * of their own.
 *
 * @returns whether the packages have to be installed again
 * @throws a Problem if a file of the user lacks them
 */
function overridePnpm(change: boolean): boolean {
  const { dependencies = {}, overrides: wanted = {} } = manifest(".");
  const overrides = Object.entries(wanted);
  if (overrides.length === 0) return false;
  const found = around("pnpm-workspace.yaml", () => true);
  const text = found ? readFileSync(found, "utf8") : "";
  const lines = text.split("\n").map((line) => line.replaceAll(/["'\s]/g, ""));
  if (overrides.every(([name, version]) => lines.includes(`${name}:${version}`))) return false;
  const isOurs = !found || text.startsWith(pnpmNote);
  // Only packages of plugins want other versions.
  if (!isOurs && !Object.keys(dependencies).some((name) => name.startsWith("@better-auth/"))) {
    return false;
  }
  if (!isOurs || !change) {
    throw new Problem(
      `Add "overrides" of package.json to ${found ?? "pnpm-workspace.yaml"}, and run pnpm install: ` +
        "pnpm reads them there alone.",
    );
  }
  const added = overrides.map(([name, version]) => `  "${name}": "${version}"\n`).join("");
  // No package needs its install script.
  writeFileSync(
    found ?? "pnpm-workspace.yaml",
    `${pnpmNote}strictDepBuilds: false\noverrides:\n${added}`,
  );
  return true;
}

/** Why npm cannot resolve versions in a workspace, where it ignores the overrides of members. */
function overridesOfWorkspace(): string | undefined {
  const root = around(
    "package.json",
    (file) => file !== resolve("package.json") && Boolean(manifest(dirname(file)).workspaces),
  );
  const overrides = Object.entries(manifest(".").overrides ?? {});
  if (!root || overrides.length === 0) return undefined;
  const given = manifest(dirname(root)).overrides ?? {};
  if (overrides.every(([name, version]) => given[name] === version)) return undefined;
  return `Copy "overrides" of package.json into ${root}, because npm reads them there alone.`;
}

function failure(output: string): string {
  const inWorkspace = output.includes("ERESOLVE") ? overridesOfWorkspace() : undefined;
  if (inWorkspace) return inWorkspace;
  if (isOffline(output)) {
    const [first = ""] = reasonOf(output).trim().split("\n");
    return (
      `The npm packages cannot be downloaded, because the package index does not answer (${first}). ` +
      "Check the connection, or name a proxy (HTTPS_PROXY) or another index (npm_config_registry)."
    );
  }
  if (output.includes("ENOTCACHED")) {
    return (
      "Let npm download packages (npm_config_offline=false): it is set to work offline, and its " +
      `cache lacks some of this project: ${reasonOf(output)}.`
    );
  }
  return `The npm packages cannot be installed: ${reasonOf(output)}.`;
}

/**
 * Installs the packages of a folder's package.json, unless they are installed.
 *
 * @param folder the project's folder, or one with private packages
 * @param change false to only report what is missing
 */
export async function install(folder: string, change: boolean): Promise<string> {
  const isOverridden = folder === "." && isPnpm() && overridePnpm(change);
  const missing = missingPackages(folder);
  if (missing.length === 0 && !isOverridden) return "npm packages are installed";
  if (!change) {
    const named = missing.join(", ");
    throw new Problem(`The npm packages are not installed: ${named}. Run: npm run setup`);
  }
  const modules = join(folder, "node_modules");
  if (isUnfinished(folder)) rmSync(modules, { recursive: true });
  mkdirSync(modules, { recursive: true });
  const { unfinished, finished } = notes(folder);
  writeFileSync(unfinished, "");
  rmSync(finished, { force: true });
  const { status, output } = await (folder === "." && isPnpm()
    ? pnpmInstall()
    : npmInstall(folder));
  if (status !== 0) throw new Problem(failure(output));
  rmSync(unfinished, { force: true });
  const still = missingPackages(folder);
  if (still.length > 0) {
    throw new Problem(`npm did not install ${still.join(", ")}: ${reasonOf(output)}.`);
  }
  return "npm packages installed";
}
