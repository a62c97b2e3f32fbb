import { existsSync, readdirSync, readFileSync } from "node:fs";
import { install } from "./packages.ts";
import { lastWords, Problem } from "./report.ts";
import { command, node, type Result } from "./run.ts";

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
    return "WebAssembly schema engine";
  }
  if (process.env.PRISMA_SCHEMA_ENGINE_BINARY)
    return "its schema engine is named by PRISMA_SCHEMA_ENGINE_BINARY";
  if (has("node_modules/@prisma/engines", /^schema-engine-/)) return "native schema engine";
  if ((await prisma(["-v"])).status === 0) return "native schema engine";

  const [, provider] = /datasource[^{]*\{[^}]*provider\s*=\s*"(\w+)"/.exec(schemaText()) ?? [];
  if (!/^(postgres(ql)?|cockroachdb|sqlite)$/.test(provider ?? "")) {
    throw new Problem(
      "Prisma's schema engine cannot be downloaded, and its WebAssembly build does not know " +
        `${provider}. Set HTTPS_PROXY, PRISMA_ENGINES_MIRROR or PRISMA_SCHEMA_ENGINE_BINARY.`,
    );
  }
  if (!change) throw new Problem("Prisma has no schema engine. Run: npm run setup");
  await install(substitute, change);
  return "WebAssembly schema engine";
}

export const schemaFile = "prisma/schema.prisma";

export function schemaText(): string {
  if (!existsSync(schemaFile)) throw new Problem(`${schemaFile} is missing.`);
  return readFileSync(schemaFile, "utf8");
}

/** Writes the client of the schema into src/generated/prisma. */
export async function generateClient(): Promise<void> {
  const { status, output } = await prisma(["generate"]);
  if (status !== 0) throw new Problem(`\`prisma generate\` failed: ${reason(output)}.`);
}

/** The CLI's error, on one line. */
function reason(output: string): string {
  const [, message] = /Error:([^]+)/.exec(output) ?? [];
  return message?.trim().replace(/\s+/g, " ").replace(/\.$/, "") ?? lastWords(output);
}

/** The points below a heading, as sentences. */
function points(output: string, heading: string): string {
  const below = output.split(heading)[1] ?? "";
  const found = [...below.matchAll(/^\s*[•*-]\s*(.+)$/gm)];
  return found.map(([, point]) => `${point?.replace(/[. ]+$/, "")}.`).join(" ");
}

/**
 * Brings the tables in step with the schema.
 *
 * @param acceptDataLoss whether the user agreed to lose what no longer fits
 */
export async function push(acceptDataLoss: boolean): Promise<string> {
  const args = ["db", "push", ...(acceptDataLoss ? ["--accept-data-loss"] : [])];
  const { status, output } = await prisma(args);
  // The CLI also ends with status 0 when its engine ends too early.
  if (status === 0 && /in sync/.test(output)) {
    return /already in sync/.test(output) ? "nothing to change" : "tables updated";
  }
  const losses = points(output, "data loss");
  if (losses && !acceptDataLoss) {
    throw new Problem(
      `\`prisma db push\` would lose data: ${losses} Nothing was changed. Keep the data by ` +
        "changing prisma/schema.prisma or moving it first, or run setup again with " +
        "--accept-data-loss.",
    );
  }
  const impossible = points(output, "cannot be executed");
  if (impossible) {
    throw new Problem(
      `\`prisma db push\` cannot change the database: ${impossible} Nothing was changed. Give ` +
        "the field a default or make it optional in prisma/schema.prisma, or fill the rows in first.",
    );
  }
  const [, server, user] = /P1000\b[^`]*`([^`]+)`[^`]*`([^`]+)`/.exec(output) ?? [];
  if (server) {
    throw new Problem(
      `The database server at ${server} does not accept the password of "${user}"; ` +
        "correct DATABASE_URL in .env.local.",
    );
  }
  throw new Problem(`\`prisma db push\` failed: ${reason(output)}.`);
}

/** Whether the tables are in step with the schema; changes nothing. */
export async function schemaDifference(): Promise<string> {
  const args = ["migrate", "diff", "--from-config-datasource", "--to-schema", schemaFile];
  const { status, output } = await prisma([...args, "--exit-code"]);
  if (status === 0) return "nothing to change";
  if (status === 2) {
    throw new Problem("The tables of the database are not those of prisma/schema.prisma.");
  }
  throw new Problem(`\`prisma migrate diff\` failed: ${reason(output)}.`);
}
