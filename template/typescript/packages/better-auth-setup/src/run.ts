import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, extname, join, resolve as resolvePath, sep } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { noteProgram } from "./lock.ts";
import { Problem } from "./report.ts";

/** The folder for results of the last run; it may be deleted at any time. */
export const cache = "node_modules/.cache/better-auth-setup";

/** A command's exit status and output. */
export type Result = { status: number; output: string };

type Options = { cwd?: string; env?: Record<string, string> };

/** Runs a JavaScript file with this Node.js; see `run`. */
export const node = (script: string, args: string[], options?: Options): Promise<Result> =>
  run(process.execPath, [script, ...args], options);

/**
 * Runs a program, without standard input.
 *
 * @returns the exit status and what was printed, colours removed
 */
export function run(file: string, args: string[], options: Options = {}): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const child = spawn(file, args, {
    cwd: options.cwd ?? process.cwd(),
    // BETTER_AUTH_TELEMETRY and CHECKPOINT_DISABLE: setup sends no telemetry.
    env: {
      ...process.env,
      // Child processes that start `node` must get this version, too.
      PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
      BETTER_AUTH_TELEMETRY: "0",
      CHECKPOINT_DISABLE: "1",
      NO_COLOR: "1",
      // Node.js compiles Prisma's CLI and better-auth once, not once a command.
      NODE_COMPILE_CACHE: resolvePath(cache, "node"),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid) noteProgram(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  child.on("error", reject);
  child.on("close", (code, signal) => {
    resolve({ status: code ?? (signal ? 1 : 0), output: stripVTControlCharacters(output) });
  });
  return promise;
}

/** The file of one of this package's programs, with the extension of this file. */
export const program = (name: string): string =>
  join(import.meta.dirname, `${name}${extname(import.meta.filename)}`);

/** Prisma's schema engine as WebAssembly; it needs the packages of its folder. */
export const wasmEngine = join(import.meta.dirname, "../schema-engine/index.mjs");

/** Where a package of this project is: in its node_modules, or in those of a workspace around it. */
export function packageFolder(name: string): string | undefined {
  const parts = process.cwd().split(sep);
  return parts
    .map((_, at) => join(parts.slice(0, parts.length - at).join(sep) || sep, "node_modules", name))
    .find((folder) => existsSync(join(folder, "package.json")));
}

/** The file of a command that one of the project's packages has. */
export function command(name: string): string {
  const folder = packageFolder(name);
  if (!folder) throw new Problem(`The npm package ${name} is not installed. Run: npm run setup`);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  const file = typeof bin === "string" ? bin : bin[name];
  if (!file) throw new Error(`${name} is not a command`);
  return join(folder, file);
}
