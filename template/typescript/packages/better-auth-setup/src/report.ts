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

/** The line of a program's output that says what went wrong, without its decoration. */
export function lastWords(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line));
  const telling = lines.find((line) => /^(npm )?(error|fatal)\b|\w*Error:/i.test(line));
  const words = telling ?? lines.at(-1) ?? "it said nothing";
  return words.replace(/^(npm )?error:?\s*/i, "").replace(/\.$/, "");
}
