/** Something that the person at the terminal can put right; the message says how. */
export class Problem extends Error {}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs a step and prints one line about it: what was found or done, and how long it took.
 *
 * @param name what the step is called
 * @param work does it, and answers what the line should say
 */
export async function step(name: string, work: () => Promise<string> | string): Promise<void> {
  const since = performance.now();
  try {
    const result = await work();
    console.log(`✓ ${name.padEnd(16)} ${result} (${seconds(since)})`);
  } catch (error) {
    if (error instanceof Problem) console.log(`✗ ${name.padEnd(16)} failed (${seconds(since)})`);
    throw error;
  }
}

/** Says something that deserves a look, and goes on. */
export function warn(text: string): void {
  console.log(text.replace(/^/gm, "! "));
}
