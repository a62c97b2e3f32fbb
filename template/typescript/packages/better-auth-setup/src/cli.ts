import { databaseCommand } from "./database-command.ts";
import { generateCommand } from "./generate.ts";
import { Problem } from "./report.ts";
import { setupCommand } from "./setup.ts";
import { testDatabaseCommand } from "./test-database.ts";

const usage = `Usage: better-auth-setup [--root FOLDER] COMMAND [OPTION…]

  setup                       takes a fresh clone to a running database; can be repeated
  generate                    adds to the Prisma schema what the better-auth configuration needs
  database start|stop|status  the embedded PostgreSQL of the project
  test-database -- COMMAND    runs a command on a database of its own, for tests
  check-node                  says if this Node.js is too old

The project is the current folder, unless --root names it.`;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  setup: setupCommand,
  generate: generateCommand,
  database: databaseCommand,
  "test-database": testDatabaseCommand,
  "check-node": async () => {}, // bin.cjs has looked
};

async function main(given: string[]): Promise<void> {
  const args = [...given];
  if (args[0] === "--root") {
    const [, root = ""] = args.splice(0, 2);
    process.chdir(root);
  }
  const [name = "", ...rest] = args;
  if (name === "--help" || name === "help") return console.log(usage);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Problem(`${name ? `There is no command "${name}".\n\n` : ""}${usage}`);
  await command(rest);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
