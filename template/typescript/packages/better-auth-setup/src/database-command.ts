import { isEmbedded, isRunning, start, stop } from "./embedded-postgres.ts";
import { setting } from "./settings.ts";
import { Problem } from "./report.ts";

const usage = `Usage: better-auth-setup database start|stop|status [--if-embedded]

The PostgreSQL that the project brings along. With --if-embedded, nothing happens where
DATABASE_URL names another database.`;

const actions: Record<string, (url: string) => Promise<string>> = {
  start: async (url) =>
    (await start(url)) ? "The database was started." : "The database is running.",
  stop: async () =>
    (await stop()) ? "The database was stopped." : "The database was not running.",
  status: async () =>
    (await isRunning()) ? "The database is running." : "The database is stopped.",
};

/** `database start|stop|status`: the PostgreSQL that the project brings along. */
export async function databaseCommand([name = "", flag, ...rest]: string[]): Promise<void> {
  if (name === "--help") return console.log(usage);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  const quiet = flag === "--if-embedded";
  if (!action || rest.length > 0 || (flag && !quiet)) throw new Problem(usage);
  const url = setting("DATABASE_URL");
  if (!isEmbedded(url)) {
    if (quiet) return;
    throw new Problem(
      "DATABASE_URL names no embedded PostgreSQL; setup makes one where it is empty.",
    );
  }
  const result = await action(url);
  if (!quiet) console.log(result);
}
