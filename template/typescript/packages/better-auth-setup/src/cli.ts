import { accessSync, constants } from "node:fs";
import { databaseCommand } from "./database-command.ts";
import { generateCommand } from "./generate.ts";
import { printError, Problem, Usage } from "./report.ts";
import { setupCommand } from "./setup.ts";
import { testDatabaseCommand } from "./test-database.ts";

const usage = `Usage: better-auth-setup [--root FOLDER] COMMAND [OPTION…]

  setup                        installs packages, brings the database up to date
  generate                     adds to the Prisma schema what auth.ts needs
  database start|stop|status   the PostgreSQL inside the project
  test-database -- COMMAND     runs a command on a database for tests

Each has --help. The project is the current folder, unless --root names it.`;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  setup: setupCommand,
  generate: generateCommand,
  database: databaseCommand,
  "test-database": testDatabaseCommand,
};

// The reader of the pipe has gone, such as a killed npm.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

// Prisma's CLI does not start if its folder for temporary files is missing.
for (const name of ["TMPDIR", "TEMP", "TMP"]) {
  try {
    accessSync(process.env[name] || ".", constants.W_OK | constants.X_OK);
  } catch {
    delete process.env[name];
  }
}

const args = process.argv.slice(2);
const root = args[0] === "--root" ? args.splice(0, 2)[1] : undefined;
const [name = "", ...rest] = args;
try {
  if (root) process.chdir(root);
  if (name === "--help" || name === "-h") console.log(usage);
  else if (Object.hasOwn(commands, name)) await commands[name]?.(rest);
  else throw new Usage(`${name ? `There is no command "${name}".\n\n` : ""}${usage}`);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof Usage) printError(message);
  else if (error instanceof Problem || code) printError(`${name}: ${message}`);
  else throw error;
  process.exitCode = error instanceof Usage ? 2 : 1;
}
