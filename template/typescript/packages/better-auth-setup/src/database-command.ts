import { isEmbedded, isRunning, start, stop } from "./embedded-postgres.ts";
import { options } from "./report.ts";
import { setting } from "./settings.ts";

const usage = `Usage: better-auth-setup database start|stop|status [--if-embedded]

The PostgreSQL inside the project. With --if-embedded, prints only errors, and does nothing where
DATABASE_URL names another database. Exit status: 3 if there is no embedded PostgreSQL or, for
status, if it is stopped.`;

/** `database start|stop|status`: the embedded PostgreSQL. */
export async function databaseCommand(args: string[]): Promise<void> {
  const names = ["start", "stop", "status"];
  const given = options(args, { "if-embedded": { type: "boolean" } }, usage, names);
  if (!given) return;
  const { name, values } = given;
  const url = setting("DATABASE_URL");
  if (!isEmbedded(url)) {
    if (values["if-embedded"]) return;
    console.log("There is no embedded PostgreSQL in this project.");
    process.exitCode = 3;
    return;
  }
  if (name === "start") await start(url);
  if (name === "stop") await stop();
  const runs = await isRunning(url);
  const state = runs ? "runs" : "is stopped";
  if (!values["if-embedded"]) {
    console.log(`The embedded PostgreSQL on port ${new URL(url).port} ${state}.`);
  }
  if (name === "status" && !runs) process.exitCode = 3;
}
