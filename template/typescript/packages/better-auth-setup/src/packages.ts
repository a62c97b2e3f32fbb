import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lastWords, Problem } from "./report.ts";
import { node } from "./run.ts";

type Manifest = { name?: string; version?: string } & Partial<
  Record<"dependencies" | "devDependencies", Record<string, string>>
>;

/** The package.json of a folder. */
export const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The packages of a folder's package.json that are not installed in the version it names. */
function missingPackages(folder: string): string[] {
  if (existsSync(join(folder, "node_modules", ".setup-unfinished"))) return ["npm packages"];
  const { dependencies, devDependencies } = manifest(folder);
  return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, wanted]) => {
    const installed = join(folder, "node_modules", name);
    if (!existsSync(join(installed, "package.json"))) return name;
    // A range is the user's own; npm has seen to it.
    return /^\d/.test(wanted) && manifest(installed).version !== wanted ? name : [];
  });
}

/** npm's own file: beside the Node that runs this, unless npm said where it is. */
function npm(): string {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath ?? "",
    join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(beside, "node_modules/npm/bin/npm-cli.js"),
  ];
  const found = candidates.find((file) => /npm-cli\.[cm]?js$/.test(file) && existsSync(file));
  if (!found) throw new Problem("npm cannot be found. Run: npm run setup");
  return found;
}

// Without them npm tries for over a minute to reach an index that does not answer.
const patience = {
  npm_config_fetch_retry_mintimeout: "500",
  npm_config_fetch_retry_maxtimeout: "2000",
};

function failure(output: string): string {
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|E(HOST|NET)UNREACH/.test(output)) {
    return (
      "The npm packages cannot be downloaded, because the package index does not answer. Check " +
      "the connection, or name a proxy (HTTPS_PROXY) or another index (npm_config_registry)."
    );
  }
  return `The npm packages cannot be installed: ${lastWords(output)}.`;
}

/**
 * Installs what a folder's package.json names, if it is not there.
 *
 * @param change whether to do it, or only to say what is missing
 */
export async function install(folder: string, change: boolean): Promise<string> {
  const missing = missingPackages(folder);
  if (missing.length === 0) return "npm packages are installed";
  if (!change) throw new Problem(`Not installed: ${missing.join(", ")}. Run: npm run setup`);
  const modules = join(folder, "node_modules");
  const unfinished = join(modules, ".setup-unfinished");
  // What a killed npm left half-way has gaps that npm itself does not see.
  if (existsSync(unfinished)) rmSync(modules, { recursive: true });
  mkdirSync(modules, { recursive: true });
  writeFileSync(unfinished, "");
  const attempt = (freshness: string) =>
    node(npm(), ["install", "--no-audit", "--no-fund", freshness, "--loglevel=error"], {
      cwd: folder,
      env: patience,
    });
  let { status, output } = await attempt("--prefer-offline");
  // What npm has in its cache may be too old to know the versions that a newer package asks for.
  if (status !== 0 && output.includes("ETARGET")) {
    ({ status, output } = await attempt("--prefer-online"));
  }
  if (status !== 0) throw new Problem(failure(output));
  rmSync(unfinished, { force: true });
  const still = missingPackages(folder);
  if (still.length > 0) throw new Problem(`npm did not install ${still.join(", ")}.`);
  return "npm packages installed";
}
