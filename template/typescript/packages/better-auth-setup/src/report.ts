import { parseArgs, type ParseArgsConfig } from "node:util";
import { wrapped } from "./wrapping.ts";

/** A problem that the developer can solve; the message has the remedy. */
export class Problem extends Error {}

/** Wrong usage; the message is the usage. */
export class Usage extends Error {}

/**
 * Reads a command's options.
 *
 * @param names the allowed positional arguments, of which one is required
 * @returns undefined for --help, after printing the usage
 * @throws Usage for wrong arguments
 */
export function options<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  known: T,
  usage: string,
  names: string[] = [],
) {
  let found: ReturnType<typeof read>;
  const read = () =>
    parseArgs({
      args,
      options: { ...known, help: { type: "boolean", short: "h", default: false } },
      allowPositionals: true,
    });
  try {
    found = read();
  } catch (error) {
    throw new Usage(`${(error as Error).message}\n\n${usage}`);
  }
  const { values, positionals } = found;
  if ((values as { help?: boolean }).help) {
    console.log(usage);
    return undefined;
  }
  const [name = "", ...rest] = positionals;
  if (rest.length > 0 || (names.length > 0 ? !names.includes(name) : name)) throw new Usage(usage);
  return { name, values };
}

const redacted = (text: string) => text.replace(/(:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g, "$1***");

/** Prints a message with passwords of URLs masked. */
export const printError = (text: string): void => console.error(wrapped(redacted(text)));

const isTerminal = Boolean(process.stdout.isTTY) && !process.env["CI"];

const colour = (code: number, text: string) =>
  isTerminal && !process.env["NO_COLOR"] ? `\x1b[${code}m${text}\x1b[0m` : text;

// After this many seconds, a step may hang.
const longSeconds = 30;

/**
 * Runs a step and prints one line with its duration and result. On a terminal, it shows the elapsed
 * seconds meanwhile.
 *
 * @param name the step's name
 * @param work does it, and resolves to the result in words
 * @param byHand the command to run by hand if the step hangs, to see what it waits for
 */
export async function step(
  name: string,
  work: () => Promise<string> | string,
  byHand = "",
): Promise<void> {
  const since = performance.now();
  const seconds = (digits: number) => ((performance.now() - since) / 1000).toFixed(digits);
  const show = () => {
    const isLong = Number(seconds(0)) >= longSeconds;
    const advice = byHand && isLong ? `  to see why, press Ctrl+C and run: ${byHand}` : "";
    process.stdout.write(`\r  ${name.padEnd(10)} ${seconds(0).padStart(5)} s${advice}\r`);
  };
  const clock = isTerminal ? setInterval(show, 1000) : undefined;
  try {
    const detail = await work();
    const line = `${colour(32, "✓")} ${name.padEnd(10)} ${seconds(1).padStart(5)} s  ${detail}`;
    console.log(`${isTerminal ? "\x1b[K" : ""}${line}`);
  } catch (error) {
    if (error instanceof Problem)
      console.log(`${colour(31, "✗")} ${name}${isTerminal ? "\x1b[K" : ""}`);
    throw error;
  } finally {
    clearInterval(clock);
  }
}

const network = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|E(HOST|NET)UNREACH)\b/;

/** Whether a program's output reports an unreachable server. */
export const isOffline = (output: string): boolean => network.test(output);

/** Why a program failed, in its own words. npm's first line is an error code, the reason follows. */
export function reasonOf(output: string): string {
  const lines = output.split("\n").map((line) => line.trimEnd());
  const npm = lines.flatMap((line) => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1] ?? []);
  if (npm.length > 0) return npmReason(npm);
  const [, code, tree] = /^Error: *(ERR_PNPM_\w+)?\s*×([^]*)/m.exec(output) ?? [];
  if (tree) return pnpmReason(code, tree);
  const start = lines.findIndex((line) => /^\s*(error|fatal|×)(?!\w)|\w*Error\b.*:/i.test(line));
  const found = start < 0 ? lines.filter((line) => /\w/.test(line)).slice(-1) : lines.slice(start);
  // uv's tree of reasons has empty lines.
  const isTree = /^\s*×/.test(found[0] ?? "");
  const end = found.findIndex(
    (line, at) =>
      at > 0 &&
      ((!line.trim() && !isTree) || /^(\s*at |-----|Waiting for the debugger)/.test(line)),
  );
  const words = found
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.replace(/^[\s×╰─▶]+/, ""));
  return ended(words.filter((line) => /\w/.test(line)).join(" ")) || "there was no output";
}

/** npm's report without its error code, the path of its log, and traces of Node.js. */
function npmReason(lines: string[]): string {
  const noise =
    /^((code|errno|syscall|path|dest|A complete log|Log files were not|You can rerun the command|For a full report|\S*eresolve-report)\b|\s*(at |\w+: .*,$|(type|dest): |\}$))/;
  const prefix = /^(nospc|notarget|notsup|engine|network|JSON\.parse|40[34])( +|$)/;
  const reasons = lines.flatMap((line) => {
    const words = noise.test(line) ? "" : line.replace(prefix, "");
    return words.trim() ? [words] : [];
  });
  const code = lines.find((line) => /^code [A-Z]/.test(line))?.slice("code ".length) ?? "";
  const [first = "", ...more] = reasons.slice(0, 12);
  const words = [code && !first.startsWith(code) ? `${code}: ${first}` : first, ...more];
  return ended(words.length > 1 ? words.map((line) => `\n      ${line}`).join("") : words.join());
}

/** pnpm's causes, which it draws as a tree below a title, and its advice. */
function pnpmReason(code: string | undefined, tree: string): string {
  const [causes = "", help] = tree.split(/^ *help: /m);
  // It breaks long words after these characters, too.
  const unbroken = (text: string) =>
    text
      .replace(/([/-])\n[ │]*(?=\S)/g, "$1")
      .replace(/[\s│]+/g, " ")
      .trim();
  const [title = "", ...branches] = causes.split(/^ *[├╰]─▶ /m).map(unbroken);
  const isNew = (branch: string, at: number) =>
    !branches.slice(0, at).some((earlier) => earlier.includes(branch));
  const words = [code ?? title, ...branches.filter(isNew)].join(": ");
  return ended(help ? `${words.replace(/\.?$/, ".")} ${unbroken(help)}` : words);
}

const ended = (words: string) => words.replace(/^(error|fatal):?\s*/i, "").replace(/\.$/, "");
