import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { configuration } from "./generate.ts";
import { Problem } from "./report.ts";
import { node, program } from "./run.ts";
import { provider } from "./schema.ts";
import { environment, origin } from "./settings.ts";

/**
 * Connects as the application does, by the `prisma.ts` beside its `auth.ts`: Prisma's CLI has a driver
 * of its own, which takes other certificates.
 *
 * @returns how it went
 * @throws a Problem that says what to do if the application could not connect
 */
export async function connection(): Promise<string> {
  const client = join(dirname(configuration()), "prisma.ts");
  // An SQLite file is made by Prisma's CLI.
  if (provider() === "sqlite" || !existsSync(client)) return "not tried";
  const { status, output } = await node(program("connect"), [client, origin("DATABASE_URL")], {
    env: environment(),
  });
  if (status === 0) return "the application can connect";
  throw new Problem(output.trim().split("\n").at(-1) ?? "");
}
