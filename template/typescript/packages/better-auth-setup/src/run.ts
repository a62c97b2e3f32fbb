import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { noteProgram } from "./lock.ts";

/** How a command ended, and all that it printed. */
export type Result = { status: number; output: string };

/**
 * Runs a JavaScript file with this Node, without standard input.
 *
 * @returns the exit status and what was printed, colours removed
 */
export function node(
  script: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd ?? process.cwd(),
    // BETTER_AUTH_TELEMETRY and CHECKPOINT_DISABLE: setting up is nobody else's business.
    env: {
      ...process.env,
      // What the command starts by its name has to be this Node, too.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      BETTER_AUTH_TELEMETRY: "0",
      CHECKPOINT_DISABLE: "1",
      NO_COLOR: "1",
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
    resolve({
      status: code ?? (signal ? 1 : 0),
      output: output.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, ""),
    });
  });
  return promise;
}

/** The file that a package of this project runs as a command. */
export function command(name: string): string {
  const manifest = join(process.cwd(), "node_modules", name, "package.json");
  const { bin } = createRequire(import.meta.url)(manifest) as {
    bin: string | Record<string, string>;
  };
  const file = typeof bin === "string" ? bin : bin[name];
  if (!file) throw new Error(`${name} is no command`);
  return join(dirname(manifest), file);
}
