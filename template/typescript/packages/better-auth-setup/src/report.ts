/** Something that the person at the terminal can put right; the message says how. */
export class Problem extends Error {}

/**
 * Runs a step and prints one line about it: how long it took, and what was found or done.
 *
 * @param name what the step is called
 * @param work does it, and answers what the line should say
 */
export async function step(name: string, work: () => Promise<string> | string): Promise<void> {
  const since = performance.now();
  try {
    const detail = await work();
    const seconds = ((performance.now() - since) / 1000).toFixed(1).padStart(5);
    console.log(`✓ ${name.padEnd(10)} ${seconds} s  ${detail}`);
  } catch (error) {
    if (error instanceof Problem) console.log(`✗ ${name}`);
    throw error;
  }
}

/** Says something that deserves a look, and goes on. */
export function warn(text: string): void {
  console.log(text.replace(/^/gm, "! "));
}

const network = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|E(HOST|NET)UNREACH)\b/;

/** Whether a program says that it cannot reach another machine. */
export const isOffline = (output: string): boolean => network.test(output);

/**
 * Why a program failed, in its own words: from the line that begins to say so, up to the first line
 * that says nothing new. npm's first line is a code, and what happened stands below it.
 */
export function reasonOf(output: string): string {
  const lines = output.split("\n").map((line) => line.trimEnd());
  const npm = lines.flatMap((line) => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1] ?? []);
  if (npm.length > 0) return npmReason(npm);
  const start = lines.findIndex((line) => /^\s*(error|fatal)\b|\w*Error\b.*:/i.test(line));
  const found = start < 0 ? lines.filter((line) => /\w/.test(line)).slice(-1) : lines.slice(start);
  const end = found.findIndex((line, at) => at > 0 && (!line.trim() || /^\s*at /.test(line)));
  const words = found.slice(0, end < 0 ? undefined : end).map((line) => line.trim());
  return ended(words.filter((line) => /\w/.test(line)).join(" ")) || "it said nothing";
}

/** npm's report without its code, and without where the log is. */
function npmReason(lines: string[]): string {
  const dull =
    /^(code|errno|syscall|path|dest|A complete log|For a full report|\S*eresolve-report)\b/;
  const told = lines.filter((line) => line.trim() && !dull.test(line));
  const code = lines.find((line) => line.startsWith("code "))?.slice("code ".length);
  return ended(`${code ? `${code}: ` : ""}${told.slice(0, 12).join("\n")}`);
}

const ended = (words: string) => words.replace(/^(error|fatal):?\s*/i, "").replace(/\.$/, "");
