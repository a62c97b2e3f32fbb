import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { answerIn } from "./answer.ts";
import { impossible, oversights, type Configuration } from "./compare.ts";
import {
  additions,
  blocks,
  capitalized,
  inAscii,
  insert,
  squeeze,
  type Addition,
} from "./document.ts";
import { prisma, reason } from "./prisma.ts";
import { options, Problem, reasonOf } from "./report.ts";
import { command, node, program, type Result } from "./run.ts";
import { locate, provider, schemaFiles, schemaPath, use, withoutComments } from "./schema.ts";
import { environment } from "./settings.ts";

const usage = `Usage: better-auth-setup generate [OPTION…]

Adds to the Prisma schema the models, fields, relations and indexes that the project's better-auth
configuration needs. Only adds lines: nothing is changed, moved or removed.

  --schema FILE   a schema file, or a folder of them (default: as prisma.config.ts has it)
  --config FILE   the better-auth configuration (default: src/lib/auth.ts, or where it usually is)
  --check         only report what is missing
  --diff          only show what would be added
  --help          this text

Exit status: 0 if the schema has everything (now), 1 if something is left to be done.`;

const folders = [
  "src/lib",
  "lib",
  "src",
  ".",
  "auth",
  "src/auth",
  "src/server",
  "server",
  "src/utils",
];

/** The path of the better-auth configuration: the named file, or the first default that exists. */
export function configuration(named = ""): string {
  const candidates = named ? [named] : folders.map((folder) => join(folder, "auth.ts"));
  const found = candidates.find((file) => existsSync(file));
  if (found) return found;
  if (named) throw new Problem(`There is no ${named}. Name the better-auth configuration.`);
  throw new Problem("The better-auth configuration is not found. Name it with --config.");
}

const refused = /^\[#better-auth\]: Couldn't read your auth config\. ?/;
const trace = /^\s*(at |\.\.\. \d+ lines matching |code: '|requireStack: |\}|$)/;

/** Why better-auth's CLI cannot load the configuration; an error comes with its causes. */
function unreadable(path: string, { status, output }: Result): string {
  if (!output.trim()) return `${path} ended the process (status ${status}) before it was loaded`;
  const lines = output.split("\n");
  const start = lines.findIndex((line) => refused.test(line));
  if (start < 0) return reasonOf(output);
  const words = lines.slice(start).map((line) => line.replace(refused, "").replace(/ \{$/, ""));
  const causes = words.filter((line) => !trace.test(line)).slice(0, 12);
  const reason = causes.join("\n      ").replace(/^\[(.*)\]$/s, "$1");
  return `${path}: ${causes.length > 1 ? "\n      " : ""}${reason}`;
}

/** The output of better-auth's generator, and facts about the configuration. */
type Answer = Configuration & { after: string; plugins: string[]; provider?: string };

/** Runs better-auth's generator on `draft`, a copy of the schema. */
async function ask(path: string, draft: string): Promise<Answer> {
  const before = readFileSync(draft, "utf8");
  const env = environment();
  const { status, output } = await node(program("read-auth"), [path, draft], { env });
  const described = answerIn<Omit<Answer, "path">>(output);
  if (status === 0 && described) return { ...described, path, after: described.after || before };
  // The CLI supports more syntax than Node.js: path aliases, imports without an extension.
  const fresh = `${draft}.fresh`;
  const results = await Promise.all([officially(path, draft), officially(path, fresh)]);
  const after = readFileSync(draft, "utf8");
  // The CLI's status is 0 even if it did nothing; only these messages prove success.
  const isDone = after !== before || /already up to date/i.test(results[0].output);
  if (results.some((result) => result.status !== 0) || !isDone || !existsSync(fresh)) {
    throw new Problem(`\`auth generate\` failed: ${unreadable(path, results[0])}.`);
  }
  const hooked = readFileSync(path, "utf8").includes("databaseHooks");
  return {
    path,
    after,
    fresh: readFileSync(fresh, "utf8"),
    plugins: [],
    defaults: {},
    keys: {},
    isPlural: false,
    makesIds: false,
    hooked,
  };
}

/** Runs the generator's CLI on a file, which it creates if it does not exist. */
function officially(path: string, file: string): Promise<Result> {
  const args = ["generate", "--yes", "--config", path, "--output", file];
  return node(command("auth"), args, { env: environment() });
}

/** A schema file and what it lacks. */
type Part = { path: string; text: string; added: Addition[] };

/** What a schema lacks, file by file, and what has to be fixed by hand. */
export type Plan = { parts: Part[]; problems: string[] };

/**
 * Compares the schema with what the configuration needs; changes nothing.
 *
 * @param config the better-auth configuration
 * @throws a Problem if the generator fails
 */
export async function plan(config?: string): Promise<Plan> {
  const path = configuration(config);
  const parts = schemaFiles().map((file) => ({ ...file, added: [] as Addition[] }));
  const whole = withoutComments(parts.map(({ text }) => text).join("\n")).replaceAll("\r\n", "\n");
  const folder = mkdtempSync(join(tmpdir(), "generate-"));
  try {
    const draft = join(folder, "schema.prisma");
    const { text, restoreAdditions, restoreMessage } = capitalized(whole);
    writeFileSync(draft, text);
    const answer = JSON.parse(inAscii(JSON.stringify(await ask(path, draft)))) as Answer;
    const { name } = provider();
    if (answer.provider && answer.provider !== name) {
      throw new Problem(
        `The schema's datasource is ${name}, but prismaAdapter(…) has provider: ` +
          `"${answer.provider}": make them agree.`,
      );
    }
    const added = additions(text, answer);
    distribute(parts, restoreAdditions(added), answer.fresh);
    const doubled = answer.plugins.filter((id, place, all) => all.indexOf(id) !== place);
    const twice = [...new Set(doubled)].map((id) => `The plugin ${id} is twice in ${path}.`);
    const found = [...oversights(text, answer), ...impossible(text, added, answer)];
    return { parts, problems: [...twice, ...found.map(restoreMessage)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Assigns every addition to the file that it belongs to. */
function distribute(parts: Part[], added: Addition[], fresh: string): void {
  let start = 0;
  const starts = parts.map(({ text }) => {
    const first = start;
    start += text.split("\n").length;
    return first;
  });
  const ours = new Set(blocks(fresh).keys());
  const isOurs = ({ text }: Part) =>
    [...blocks(capitalized(text).text).keys()].some((one) => /^model/.test(one) && ours.has(one));
  const home = parts.findLastIndex(isOurs);
  for (const addition of added) {
    const { after } = addition;
    const place =
      after === undefined ? Math.max(home, 0) : starts.findLastIndex((one) => one <= after);
    const part = parts[place];
    if (after === undefined) part?.added.push(addition);
    else part?.added.push({ ...addition, after: after - (starts[place] ?? 0) });
  }
}

/** The lines that a schema lacks, each with its block. */
export function missing({ parts }: Plan): string[] {
  return parts.flatMap(({ added }) =>
    added.flatMap(({ block, lines }) => {
      const inside = lines.map(squeeze).filter((line) => line && line !== "}");
      return inside.filter((line) => !line.endsWith("{")).map((line) => `${block}: ${line}`);
    }),
  );
}

/**
 * Adds to the schema what it lacks, if Prisma accepts the result.
 *
 * @returns the number of lines added
 * @throws a Problem if Prisma rejects it; the schema is then unchanged
 */
export async function apply(plan: Plan): Promise<number> {
  const lines = missing(plan);
  if (lines.length === 0) return 0;
  const texts = plan.parts.map(({ path, text, added }) => [path, insert(text, added)] as const);
  const folder = mkdtempSync(join(tmpdir(), "generate-"));
  try {
    for (const [number, [path, text]] of texts.entries()) {
      writeFileSync(join(folder, `${number}-${basename(path)}`), text);
    }
    const { status, output } = await prisma(["validate", "--schema", folder]);
    if (status !== 0) {
      throw new Problem(
        `${schemaPath()} was left alone, because Prisma refuses it with the lines that better-auth ` +
          `needs: ${reason(output)}. Correct it by hand; better-auth needs:\n${indent(lines)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [path, text] of texts) if (readFileSync(path, "utf8") !== text) replace(path, text);
  return lines.length;
}

/** Replaces a file atomically. */
function replace(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    writeFileSync(draft, text, { mode: statSync(path).mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Problem(`${path} cannot be written: ${(error as Error).message}`);
  }
}

const indent = (lines: string[]) => lines.map((line) => `    ${line}`).join("\n");

/** The problems to fix by hand, and further sentences. */
function refusal({ problems }: Plan, ...more: string[]): Problem {
  const named = problems.map((problem) => `${schemaPath()}: ${problem}`);
  return new Problem([...named, ...more].join("\n"));
}

/**
 * Adds to the schema what the configuration needs.
 *
 * @param change false to only report what is missing
 * @returns the result in words, and whether the schema was changed
 * @throws a Problem if something has to be done by hand or, with `change` false, at all
 */
export async function generate(
  change: boolean,
  config?: string,
): Promise<{ result: string; changed: boolean }> {
  const found = await plan(config);
  const schema = schemaPath();
  const lines = missing(found);
  if (lines.length > 0 && !change) {
    throw refusal(found, `${schema} lacks:\n${indent(lines)}\nRun: npm run setup`);
  }
  if (found.problems.length > 0) throw refusal(found);
  await apply(found);
  if (lines.length === 0) return { result: `${schema} is up to date`, changed: false };
  return {
    result: `${lines.length} ${lines.length === 1 ? "line" : "lines"} added`,
    changed: true,
  };
}

/** `generate`: adds to the schema what the configuration needs. */
export async function generateCommand(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const known = { schema: text, config: text, check: flag, diff: flag };
  const given = options(args, known, usage);
  if (!given) return;
  const { values } = given;
  if (values.schema) use(values.schema);
  else await locate();
  if (values.diff) {
    const found = await plan(values.config);
    if (found.problems.length > 0) throw refusal(found);
    for (const { path, added } of found.parts) {
      for (const { block, lines } of added) {
        console.log(`${path}: ${block}\n${lines.map((line) => `+ ${line}`).join("\n")}`);
      }
    }
    if (missing(found).length === 0) console.log(`${schemaPath()} is up to date`);
    return;
  }
  const { result } = await generate(!values.check, values.config);
  console.log(result);
}
