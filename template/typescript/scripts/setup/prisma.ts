import { existsSync, readdirSync, readFileSync } from "node:fs";
import { install } from "./packages.ts";
import { Problem } from "./report.ts";
import { command, node, tail, type Result } from "./run.ts";

const substitute = "prisma/schema-engine";

/** Runs Prisma's CLI. prisma.config.ts tells it the database and which engine to use. */
export function prisma(args: string[], env: Record<string, string> = {}): Promise<Result> {
  return node(command("prisma"), args, { env });
}

function has(folder: string, name: RegExp): boolean {
  return existsSync(folder) && readdirSync(folder).some((file) => name.test(file));
}

/**
 * Sees to it that Prisma has a schema engine: its own, which it downloads, or where that is not
 * possible the WebAssembly build from npm.
 */
export async function engine(change: boolean): Promise<string> {
  if (existsSync(`${substitute}/node_modules`)) {
    await install(substitute, change);
    return "WebAssembly";
  }
  if (process.env.PRISMA_SCHEMA_ENGINE_BINARY) return "as PRISMA_SCHEMA_ENGINE_BINARY says";
  if (has("node_modules/@prisma/engines", /^schema-engine-/)) return "native";
  if ((await prisma(["-v"])).status === 0) return "native";

  const [, provider] = /datasource[^{]*\{[^}]*provider\s*=\s*"(\w+)"/.exec(schemaText()) ?? [];
  if (!/^(postgres(ql)?|cockroachdb|sqlite)$/.test(provider ?? "")) {
    throw new Problem(
      "Prisma's schema engine cannot be downloaded, and its WebAssembly build does not know " +
        `${provider}. Set HTTPS_PROXY, PRISMA_ENGINES_MIRROR or PRISMA_SCHEMA_ENGINE_BINARY.`,
    );
  }
  if (!change) throw new Problem("Prisma has no schema engine. Run: npm run setup");
  await install(substitute, change);
  return "WebAssembly, as Prisma's own cannot be downloaded";
}

export const schemaFile = "prisma/schema.prisma";

export function schemaText(): string {
  if (!existsSync(schemaFile)) throw new Problem(`${schemaFile} is missing.`);
  return readFileSync(schemaFile, "utf8");
}

/** Writes the client of the schema into src/generated/prisma. */
export async function generateClient(): Promise<string> {
  const { status, output } = await prisma(["generate"]);
  if (status !== 0) throw new Problem(`\`prisma generate\` failed:\n${errors(output)}`);
  return "generated";
}

/** What Prisma complains about, without its decoration. */
function errors(output: string): string {
  const start = output.search(/^(Error|⚠️)/m);
  return tail(start < 0 ? output : output.slice(start));
}

/**
 * Brings the tables in step with the schema.
 *
 * @param acceptDataLoss whether the user agreed to lose what no longer fits
 */
export async function push(acceptDataLoss: boolean): Promise<string> {
  const args = ["db", "push", ...(acceptDataLoss ? ["--accept-data-loss"] : [])];
  const { status, output } = await prisma(args);
  if (status === 0) return /already in sync/.test(output) ? "in sync" : "pushed";
  if (/--accept-data-loss|--force-reset/.test(output)) {
    throw new Problem(
      `Pushing the schema would lose data, so nothing was changed:\n${errors(output)}\n` +
        "If that is what you want: npm run setup -- --accept-data-loss",
    );
  }
  throw new Problem(`\`prisma db push\` failed:\n${errors(output)}`);
}

/** Whether the tables are in step with the schema; changes nothing. */
export async function schemaDifference(): Promise<string> {
  const args = ["migrate", "diff", "--from-config-datasource", "--to-schema", schemaFile];
  const { status, output } = await prisma([...args, "--exit-code"]);
  if (status === 0) return "in sync";
  if (status === 2)
    throw new Problem("The tables are not in step with the schema. Run: npm run setup");
  throw new Problem(`The tables cannot be compared with the schema:\n${errors(output)}`);
}
