import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { configuration } from "./generate.ts";
import { Problem, reasonOf } from "./report.ts";
import { node, program } from "./run.ts";
import { provider } from "./schema.ts";
import { environment, origin } from "./settings.ts";

/**
 * Connects with the application's own client, `prisma.ts` beside `auth.ts`: Prisma's CLI has another
 * driver, which accepts other certificates.
 *
 * @returns the result in words
 * @throws a Problem with the remedy if the connection fails
 */
export async function connection(): Promise<string> {
  const client = join(dirname(configuration()), "prisma.ts");
  // Prisma's CLI creates the SQLite file later.
  if (provider().form === "file" || !existsSync(client)) return "not tried";
  const { status, output } = await node(program("connect"), [client, origin("DATABASE_URL")], {
    env: environment(),
  });
  if (status === 0) return "the application can connect";
  throw new Problem(/^problem: (.*)/m.exec(output)?.[1] ?? reasonOf(output));
}
